import { heardText } from './heard-text';

describe('heardText', () => {
  it('cuts whole words in proportion to the time heard', () => {
    expect(heardText('one two three four', 500, 1000)).toBe('one two');
    expect(heardText('one two three four', 749, 1000)).toBe('one two');
  });

  it('is the whole text when all was heard and nothing when nothing was', () => {
    expect(heardText(' one two ', 1000, 1000)).toBe('one two');
    expect(heardText('one two', 0, 1000)).toBe('');
    expect(heardText('one two', 0, 0)).toBe('');
  });
});
