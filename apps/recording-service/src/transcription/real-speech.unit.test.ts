import { decodeMulaw, encodeMulaw, rmsDbfs } from '@frontdesk/audio';
import { encodeSpeech } from '@frontdesk/audio-identity';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Loudness, WINDOW_MS } from './loudness';
import { turnsOfSpeech } from './turns-of-speech';

/**
 * The bounds of turns-of-speech on speech with its commas, breaths, soft consonants and words of one syllable: sentences in
 * Hebrew and English of the offline voice (`espeak-ng -v he|en-us`, 8 kHz mu-law, in tests/speech), as loud as callers are,
 * on lines as noisy as lines are, and the voice of the simulators.
 */

const RATE = 8000;
const LANGUAGES = ['he', 'en'];
/** Loudness of a caller's speech and of the line's noise, dBFS; and of a line without any. */
const LINES = [
  [-20, -Infinity],
  [-20, -55],
  [-30, -55],
  [-38, -60],
  [-38, -50],
  [-45, -60],
  // From a car and from the street.
  [-18, -33],
  [-20, -36],
  [-26, -42],
] as const;

const spoken = (name: string): Int16Array =>
  decodeMulaw(readFileSync(join(__dirname, '../../tests/speech', `${name}.ulaw`)));
const atLevel = (pcm: Int16Array, dbfs: number): Int16Array => {
  const gain = 10 ** ((dbfs - rmsDbfs(pcm)) / 20);
  return pcm.map((sample) => Math.max(-32_768, Math.min(32_767, Math.round(sample * gain))));
};
const silence = (seconds: number): Int16Array => new Int16Array(Math.round(seconds * RATE));
const joined = (...parts: Int16Array[]): Int16Array => {
  const all = new Int16Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};
/** White noise that is the same each time, through the phone's mu-law. */
const onLine = (pcm: Int16Array, noiseDbfs: number): Int16Array => {
  const peak = 32_768 * 10 ** (noiseDbfs / 20) * Math.sqrt(3);
  let seed = 1;
  const noisy = pcm.map((sample) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return Math.max(-32_768, Math.min(32_767, Math.round(sample + peak * (seed / 0x3fffffff - 1))));
  });
  return decodeMulaw(encodeMulaw(noisy));
};
const loudnessOf = (pcm: Int16Array): Loudness => {
  const loudness = new Loudness(RATE);
  loudness.push(pcm);
  loudness.end();
  return loudness;
};
/** From the first sample that can be heard to the last, in milliseconds. */
const extentOf = (pcm: Int16Array): { fromMs: number; toMs: number } => {
  const heard = (sample: number): boolean => Math.abs(sample) > 600;
  return {
    fromMs: (pcm.findIndex(heard) * 1000) / RATE,
    toMs: (pcm.findLastIndex(heard) * 1000) / RATE,
  };
};

describe.each(LANGUAGES)('speech in %s', (language) => {
  it.each(LINES)('is one turn from its first sound to its last, at %d dBFS over %d', (dbfs, noise) => {
    for (const name of ['question', 'answer', 'no']) {
      const said = spoken(`${language}-${name}`);
      const { fromMs, toMs } = extentOf(said);
      const line = onLine(joined(silence(1), atLevel(said, dbfs), silence(1)), noise);
      const turns = turnsOfSpeech([loudnessOf(line)]);
      expect(turns).toHaveLength(1);
      expect(turns[0]!.startMs).toBeLessThanOrEqual(1000 + fromMs + WINDOW_MS);
      expect(turns[0]!.endMs).toBeGreaterThanOrEqual(1000 + toMs - WINDOW_MS);
    }
  });

  it.each(LINES)('is a conversation of five turns in their order, at %d dBFS over %d', (dbfs, noise) => {
    const [question, answer, no] = ['question', 'answer', 'no'].map((name) =>
      atLevel(spoken(`${language}-${name}`), dbfs),
    ) as [Int16Array, Int16Array, Int16Array];
    const rest = (pcm: Int16Array): Int16Array => silence(pcm.length / RATE);
    const gap = silence(0.7);
    const caller = joined(question, gap, rest(answer), gap, no, gap, rest(answer), gap, question);
    const agent = joined(rest(question), gap, answer, gap, rest(no), gap, answer, gap, rest(question));
    const turns = turnsOfSpeech([caller, agent].map((side) => loudnessOf(onLine(side, noise))));
    expect(turns.map(({ channel }) => channel)).toEqual([0, 1, 0, 1, 0]);
  });

  it.each([-33, -36, -40, -45, -50, -55, -60, -Infinity])(
    'is not heard in the noise of a line alone, at %d dBFS',
    (noise) => {
      expect(turnsOfSpeech([loudnessOf(onLine(silence(8), noise))])).toEqual([]);
    },
  );
});

describe.each(LANGUAGES)('a caller in %s', (language) => {
  const words = (): Int16Array => atLevel(spoken(`${language}-question`), -22);

  it('is heard without the street that they walk into', () => {
    const said = words();
    const [room, street] = [
      onLine(joined(silence(20), said, silence(20)), -62),
      onLine(joined(silence(20), said, silence(20)), -40),
    ];
    const turns = turnsOfSpeech([loudnessOf(joined(room, street))]);
    const soundMs = turns.reduce((sum, turn) => sum + turn.soundMs, 0);
    const saidMs = (2 * said.length * 1000) / RATE;
    // Of the street's noise no more is taken for speech than until it lasts as long as the quiet before it.
    expect(soundMs).toBeGreaterThan(saidMs * 0.5);
    expect(soundMs).toBeLessThan(saidMs + 10_000);
    const starts = turns.map(({ startMs }) => startMs);
    const secondAt = 20_000 + (said.length * 1000) / RATE + 40_000;
    for (const at of [20_000, secondAt])
      expect(starts.some((startMs) => Math.abs(startMs - at) < 700)).toBe(true);
  });

  it('who does not pause for half a minute is one turn, from the first sound to the last', () => {
    const [question, answer] = [words(), atLevel(spoken(`${language}-answer`), -22)];
    const speech: Int16Array[] = [];
    for (let ms = 0; ms < 40_000; ms += ((question.length + answer.length) * 1000) / RATE)
      speech.push(question, answer);
    const said = joined(...speech);
    const turns = turnsOfSpeech([loudnessOf(onLine(joined(silence(2), said, silence(2)), -55))]);
    expect(turns).toHaveLength(1);
    expect(turns[0]!.startMs).toBeLessThan(2000 + 300);
    expect(turns[0]!.endMs).toBeGreaterThan(2000 + (said.length * 1000) / RATE - 300);
  });
});

it('the voice of the simulators is one turn, in Hebrew and English', () => {
  for (const text of [
    'שלום, אני רוצה להזמין שולחן לארבעה',
    'Hello, a table for four tomorrow, please. No.',
  ]) {
    const line = onLine(joined(silence(1), atLevel(encodeSpeech(text), -30), silence(1)), -55);
    expect(turnsOfSpeech([loudnessOf(line)])).toHaveLength(1);
  }
});
