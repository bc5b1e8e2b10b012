import { Loudness } from './loudness';
import { turnsOfSpeech } from './turns-of-speech';

const RATE = 8000;
const tone = (seconds: number, amplitude = 8000): Int16Array =>
  Int16Array.from({ length: seconds * RATE }, (_, i) => Math.round(amplitude * Math.sin(i / 3)));
const silence = (seconds: number): Int16Array => new Int16Array(seconds * RATE);
const loudnessOf = (...parts: Int16Array[]): Loudness => {
  const loudness = new Loudness(RATE);
  for (const part of parts) loudness.push(part);
  loudness.end();
  return loudness;
};
const shown = (channels: Loudness[]): [number, number, number][] =>
  turnsOfSpeech(channels).map(({ channel, startMs, endMs }) => [channel, startMs, endMs]);

describe('turnsOfSpeech', () => {
  it('tells who spoke when, in the order of time', () => {
    const caller = loudnessOf(silence(1), tone(2), silence(3), tone(1), silence(1));
    const agent = loudnessOf(silence(3.5), tone(2), silence(2.5));
    expect(shown([caller, agent])).toEqual([
      [0, 850, 3150],
      [1, 3350, 5650],
      [0, 5850, 7150],
    ]);
  });

  it('takes a breath for no end of a turn, and an answer in between for one', () => {
    const hesitant = (): Loudness => loudnessOf(tone(1), silence(0.8), tone(1));
    expect(shown([hesitant(), loudnessOf(silence(2.8))])).toEqual([[0, 0, 2800]]);
    const interrupting = loudnessOf(silence(1.2), tone(0.4), silence(1.2));
    expect(shown([hesitant(), interrupting]).map(([channel]) => channel)).toEqual([0, 1, 0]);
    expect(shown([loudnessOf(tone(1), silence(1.6), tone(1))])).toHaveLength(2);
  });

  it('hears nothing in silence, in a click, and in the noise of a line', () => {
    const noise = Int16Array.from({ length: 5 * RATE }, (_, i) => ((i * 7919) % 201) - 100);
    expect(
      shown([loudnessOf(silence(2)), loudnessOf(), loudnessOf(silence(1), tone(0.06), silence(1))]),
    ).toEqual([]);
    expect(shown([loudnessOf(noise)])).toEqual([]);
  });

  it('hears speech over the noise of a line, and quiet speech on a silent one', () => {
    const noise = (seconds: number): Int16Array =>
      Int16Array.from({ length: seconds * RATE }, (_, i) => ((i * 7919) % 401) - 200);
    expect(shown([loudnessOf(noise(2), tone(1, 3000), noise(2))])).toHaveLength(1);
    expect(shown([loudnessOf(silence(2), tone(1, 300), silence(2))])).toHaveLength(1);
    expect(shown([loudnessOf(tone(5))])).toHaveLength(1);
  });

  it('cuts a turn over ten minutes where it is quiet', () => {
    const loudness = new Loudness(RATE);
    const minute = tone(60);
    for (let i = 0; i < 21; i++) {
      if (i === 9) {
        loudness.push(minute.subarray(0, 30 * RATE));
        loudness.push(tone(0.4, 120));
        loudness.push(minute.subarray(0, 29.6 * RATE));
      } else loudness.push(minute);
    }
    loudness.end();
    const turns = turnsOfSpeech([loudness]);
    expect(turns).toHaveLength(3);
    expect(Math.abs(turns[0]!.endMs - (9.5 * 60_000 + 200 + 150))).toBeLessThanOrEqual(100);
    for (const { startMs, endMs } of turns) expect(endMs - startMs).toBeLessThanOrEqual(10 * 60_000 + 300);
  });
});
