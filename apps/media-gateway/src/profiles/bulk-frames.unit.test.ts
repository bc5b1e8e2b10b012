import { readManyFrames } from './bulk-frames';

const entry = (key: string, frames: Buffer): Buffer => {
  const head = Buffer.alloc(36);
  head.write(key, 'hex');
  head.writeUInt32BE(frames.length, 32);
  return Buffer.concat([head, frames]);
};
const inPieces = async function* (bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
};
const [a, b, c] = ['a', 'b', 'c'].map((digit) => digit.repeat(64)) as [string, string, string];
const answer = Buffer.concat([
  entry(a, Buffer.alloc(480, 1)),
  entry(b, Buffer.alloc(0)),
  entry(c, Buffer.alloc(160, 3)),
]);

describe('frames in bulk', () => {
  it.each([1, 7, 36, 500, 10_000])('are read entry by entry, from pieces of %i bytes', async (size) => {
    const read: [string, number][] = [];
    for await (const { key, frames } of readManyFrames(inPieces(answer, size)))
      read.push([key, frames.length]);
    expect(read).toEqual([
      [a, 480],
      [b, 0],
      [c, 160],
    ]);
  });

  it('that end in the middle are an error', async () => {
    const read = async (): Promise<void> => {
      const body = readManyFrames(inPieces(answer.subarray(0, 700), 100));
      while (!(await body.next()).done);
    };
    await expect(read()).rejects.toThrow('within an entry');
  });
});
