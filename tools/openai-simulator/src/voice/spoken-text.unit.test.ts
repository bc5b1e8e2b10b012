import { decodeSpeech } from '@frontdesk/audio-identity';
import { wordsHeard } from './listen';
import { speak } from './spoken-text';

describe('voice', () => {
  it('knows the place of each word as a listener finds it', () => {
    const spoken = speak('good morning to everybody', 8_000);
    const heard = decodeSpeech(spoken.pcm).words;
    expect(heard.map(({ text }) => text)).toEqual(spoken.words.map(({ text }) => text));
    heard.forEach((word, index) => {
      expect(Math.abs(word.startMs - spoken.words[index]!.startMs)).toBeLessThan(2);
      expect(Math.abs(word.endMs - spoken.words[index]!.endMs)).toBeLessThan(2);
    });
  });

  it('can be understood at 24 kHz up to a cut', () => {
    const { pcm, words } = speak('one two three', 24_000);
    expect(wordsHeard(pcm, 24_000, words[1]!.endMs)).toBe('one two');
    expect(wordsHeard(pcm, 24_000, 0)).toBe('');
  });
});
