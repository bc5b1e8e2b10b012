import { searchQuery, searchWords } from './search-words';

describe('search words', () => {
  it('finds a Hebrew word behind the letters that are written onto it', () => {
    expect(searchWords(['רציתי לקבוע את התור'])).toEqual(expect.arrayContaining(['תור', 'קבוע']));
    expect(searchWords(['ושמהבית'])).toEqual(expect.arrayContaining(['הבית']));
  });

  it('is the same with and without vowel points, final letters, gershayim, case and accents', () => {
    expect(searchWords(['שָׁלוֹם'])).toContain('שלומ');
    expect(searchQuery('שלום')).toContain('שלומ:*');
    expect(searchWords(['ש"ח', "don't", 'CAFÉ'])).toEqual(expect.arrayContaining(['שח', 'dont', 'cafe']));
  });

  it('asks for every word by its beginning, and lets no operator through', () => {
    expect(searchQuery("Appoint & (! friday:* | ')")).toBe('(appoint:*) & (friday:*)');
    expect(searchQuery('?!')).toBeNull();
  });

  it('keeps a bounded number of words of bounded length', () => {
    const many = Array.from({ length: 30_000 }, (_, i) => `w${i}`).join(' ');
    expect(searchWords([many])).toHaveLength(20_000);
    expect(searchWords(['x'.repeat(5000)])[0]).toHaveLength(64);
  });
});
