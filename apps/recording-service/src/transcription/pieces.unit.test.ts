import { piecesOf } from './pieces';

const RATE = 8000;
const tone = (seconds: number): Int16Array =>
  Int16Array.from({ length: seconds * RATE }, (_, i) => Math.round(8000 * Math.sin(i / 3)));
const silence = (seconds: number): Int16Array => new Int16Array(seconds * RATE);
const joined = (...parts: Int16Array[]): Int16Array => Int16Array.from(parts.flatMap((part) => [...part]));

describe('piecesOf', () => {
  it('tells where in the recording the sound of each channel is', () => {
    const pieces = piecesOf([joined(silence(1), tone(2), silence(1)), joined(silence(3), tone(1))], RATE);
    expect(pieces.map(({ key, channel }) => [key, channel])).toEqual([
      ['0.0', 0],
      ['1.0', 1],
    ]);
    expect(pieces[0]!.startMs).toBeGreaterThanOrEqual(980);
    expect(pieces[0]!.startMs).toBeLessThanOrEqual(1000);
    expect(pieces[0]!.endMs).toBeLessThanOrEqual(3070);
    expect(pieces[1]!.startMs).toBeGreaterThanOrEqual(2980);
  });

  it('gives nothing for a silent channel', () => {
    expect(piecesOf([silence(2), new Int16Array(0)], RATE)).toEqual([]);
  });

  it('cuts a channel over twenty minutes where it is quiet', () => {
    const minute = 60 * RATE;
    const long = new Int16Array(41 * minute).fill(0);
    for (let i = 0; i < long.length; i++) long[i] = i % 7 === 0 ? 8000 : -1000;
    const quietAt = Math.round(19.5 * minute);
    long.fill(0, quietAt, quietAt + RATE);
    const pieces = piecesOf([long], RATE);
    expect(pieces.map(({ key }) => key)).toEqual(['0.0', '0.1', '0.2']);
    expect(pieces[0]!.endMs).toBeLessThanOrEqual(19.5 * 60_000 + 100);
    expect(Math.max(...pieces.map(({ samples }) => samples.length))).toBeLessThanOrEqual(20 * minute);
  });
});
