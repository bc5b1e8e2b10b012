import { writeMulawWav, writeWav } from '@frontdesk/audio';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WavFile } from './wav-file';

const ramp = (length: number, step: number): Int16Array =>
  Int16Array.from({ length }, (_, i) => ((i * step) % 60_000) - 30_000);

describe('WavFile', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'wav-file-'))));
  afterEach(() => rm(folder, { recursive: true }));
  const fileOf = async (bytes: Buffer): Promise<string> => {
    const path = join(folder, 'x.wav');
    await writeFile(path, bytes);
    return path;
  };

  it('gives every sample once, block by block, and any stretch of one channel', async () => {
    const channels = [ramp(700_000, 7), ramp(700_000, 11)];
    await using wav = await WavFile.open(await fileOf(writeWav(channels, 8000)));
    expect([wav.length, wav.layout.channels]).toEqual([700_000, 2]);
    let at = 0;
    let isSame = true;
    for await (const block of wav.blocks()) {
      for (const [channel, samples] of block.entries())
        isSame &&= samples.every((sample, i) => sample === channels[channel]![at + i]);
      at += block[0]!.length;
    }
    expect([at, isSame]).toEqual([700_000, true]);
    const stretch = await wav.readChannel(1, 250_000, 600_001);
    expect(stretch.every((sample, i) => sample === channels[1]![250_000 + i])).toBe(true);
    expect(stretch).toHaveLength(350_001);
  });

  it('reads what is there of a file whose header promises more, and mu-law', async () => {
    const whole = writeWav([ramp(1000, 7)], 8000);
    await using cut = await WavFile.open(await fileOf(whole.subarray(0, whole.length - 1001)));
    expect(cut.length).toBe(499);
    await using mulaw = await WavFile.open(await fileOf(writeMulawWav([Buffer.alloc(160, 0xff)])));
    expect(await mulaw.readChannel(0, 0, 160)).toEqual(new Int16Array(160));
  });

  it('says that a file is no WAV, and holds none open', async () => {
    await expect(WavFile.open(await fileOf(Buffer.from('<html>')))).rejects.toThrow('not a WAV file');
    await expect(WavFile.open(await fileOf(Buffer.alloc(0)))).rejects.toThrow('not a WAV file');
  });
});
