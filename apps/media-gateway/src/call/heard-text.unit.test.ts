import { heardText } from './heard-text';

describe('heardText', () => {
  it('shares time out by letters, and counts a word once all of it was heard', () => {
    expect(heardText('one two three four', 500, 1000)).toBe('one two');
    expect(heardText('one two three four', 736, 1000)).toBe('one two');
    expect(heardText('one two three four', 737, 1000)).toBe('one two three');
    expect(heardText('I understand', 500, 1000)).toBe('I');
  });

  it('takes a digit for a word and a mark of punctuation for a pause', () => {
    expect(heardText('call 12 now please', 500, 1000)).toBe('call');
    expect(heardText('yes, we are', 500, 1000)).toBe('yes,');
    expect(heardText('yes we are', 390, 1000)).toBe('yes');
  });

  it('works with letters of any script', () => {
    expect(heardText('שלום לכולם וברוכים', 400, 1000)).toBe('שלום');
  });

  it('is the whole text when all was heard and nothing when nothing was', () => {
    expect(heardText(' one two ', 1000, 1000)).toBe('one two');
    expect(heardText('one two', 0, 1000)).toBe('');
    expect(heardText('one two', 0, 0)).toBe('');
  });
});
