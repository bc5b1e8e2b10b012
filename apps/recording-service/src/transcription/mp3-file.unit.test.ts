import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Mp3Error, Mp3File } from './mp3-file';

/** A frame of 320 kbit/s at 32 kHz: 36 ms, 1440 bytes; its body says which it is. */
const frameOf = (index: number): Buffer => {
  const frame = Buffer.alloc(1440);
  frame.writeUInt32BE(0xfffbe800);
  frame.writeUInt32BE(index, 4);
  return frame;
};

describe('Mp3File', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'mp3-'))));
  afterEach(() => rm(folder, { recursive: true }));
  const fileOf = async (...bytes: Buffer[]): Promise<string> => {
    const path = join(folder, 'x.mp3');
    await writeFile(path, Buffer.concat(bytes));
    return path;
  };

  it('is cut between frames, each frame in one part, and no part over the limit of the provider', async () => {
    const frames = Array.from({ length: 40_000 }, (_, index) => frameOf(index));
    await using mp3 = await Mp3File.open(await fileOf(...frames));
    expect(mp3.parts.map(({ endMs }) => endMs)).toEqual([599_976, 1_199_952, 1_440_000]);
    const seen: number[] = [];
    for (const part of mp3.parts) {
      const bytes = await mp3.read(part);
      expect(bytes.length).toBeLessThan(25 * 1024 * 1024);
      for (let at = 0; at < bytes.length; at += 1440) seen.push(bytes.readUInt32BE(at + 4));
    }
    expect(seen).toEqual(frames.map((_, index) => index));
  });

  it('passes over its tag, a damaged place, and a last frame that is cut', async () => {
    const tag = Buffer.concat([
      Buffer.from('ID3'),
      Buffer.from([4, 0, 0, 0, 0, 2, 0]),
      Buffer.alloc(256, 0xff),
    ]);
    const damaged = Buffer.alloc(5000, 7);
    const path = await fileOf(tag, frameOf(0), damaged, frameOf(1), frameOf(2).subarray(0, 700));
    await using mp3 = await Mp3File.open(path);
    expect(mp3.parts).toEqual([
      { startMs: 0, endMs: 72, firstByte: tag.length, lastByte: tag.length + 1440 + 5000 + 1440 },
    ]);
  });

  it('holds no more of a damaged file in one part than the provider takes', async () => {
    const path = await fileOf(frameOf(0), Buffer.alloc(30_000_000), frameOf(1));
    await using mp3 = await Mp3File.open(path);
    expect(mp3.parts.map(({ firstByte, lastByte }) => lastByte - firstByte)).toEqual([1440, 1440]);
  });

  it('says of a file without a frame that it is none', async () => {
    await expect(Mp3File.open(await fileOf(Buffer.alloc(100_000)))).rejects.toThrow(Mp3Error);
    await expect(Mp3File.open(await fileOf())).rejects.toThrow(Mp3Error);
  });
});
