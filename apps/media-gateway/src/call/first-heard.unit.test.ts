import { firstHeard } from './first-heard';

const speech = async function* (...pieces: (string | Error)[]): AsyncGenerator<Buffer> {
  for (const piece of pieces) {
    await Promise.resolve();
    if (piece instanceof Error) throw piece;
    yield Buffer.from(piece);
  }
};
const heard = async (what: AsyncIterable<Buffer> | Error): Promise<string> => {
  if (what instanceof Error) throw what;
  let all = '';
  for await (const piece of what) all += String(piece);
  return all;
};

describe('speech that a caller waits for', () => {
  it('is heard from its first piece on, and breaks off where it does', async () => {
    expect(await heard(await firstHeard(() => Promise.resolve(speech('a', 'b', 'c')), 1000))).toBe('abc');
    const broken = await firstHeard(() => Promise.resolve(speech('a', new Error('cut'))), 1000);
    await expect(heard(broken)).rejects.toThrow('cut');
  });

  it.each([
    ['is refused', () => Promise.reject(new Error('503')), '503'],
    ['breaks off before its first piece', () => Promise.resolve(speech(new Error('cut'))), 'cut'],
    ['is empty', () => Promise.resolve(speech()), 'empty'],
  ])('is an error when it %s', async (_what, ask, message) => {
    expect(await firstHeard(ask, 1000)).toMatchObject({ message: expect.stringContaining(message) });
  });

  it('is given up, and its request aborted, when its first piece is late', async () => {
    const signals: AbortSignal[] = [];
    const never = (signal: AbortSignal): Promise<never> => {
      signals.push(signal);
      return new Promise(() => undefined);
    };
    expect(await firstHeard(never, 5)).toMatchObject({ message: 'no speech in time' });
    expect(signals[0]?.aborted).toBe(true);
  });
});
