import { encodeSpeech, estimatedDurationMs } from '@frontdesk/audio-identity';

/** One word of a spoken text and where it lies in the audio. */
export interface SpokenWord {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** A text as the model's voice says it: 16-bit samples and the place of each word. */
export interface SpokenText {
  readonly text: string;
  readonly sampleRate: number;
  readonly pcm: Int16Array;
  readonly words: readonly SpokenWord[];
}

/** Rendered texts kept for the next session that says the same; a text of 20 words is about 100 KB. */
const CACHE_ENTRIES = 100;
const cache = new Map<string, SpokenText>();

/** Speech that identifies itself word by word, so that whoever hears it can say which words arrived. */
export const speak = (text: string, sampleRate: number): SpokenText => {
  const key = `${sampleRate}:${text}`;
  const known = cache.get(key);
  if (known) return known;
  const spoken = { text, sampleRate, pcm: encodeSpeech(text, { sampleRate }), words: placesOf(text) };
  cache.set(key, spoken);
  const [oldest] = cache.keys();
  if (cache.size > CACHE_ENTRIES && oldest !== undefined) cache.delete(oldest);
  return spoken;
};

const placesOf = (text: string): SpokenWord[] => {
  const words = text.split(/\s+/u).filter(Boolean);
  return words.map((word, index) => {
    const endMs = estimatedDurationMs(words.slice(0, index + 1).join(' '));
    return { text: word, startMs: endMs - estimatedDurationMs(word), endMs };
  });
};
