import { createWriteStream, type WriteStream } from 'node:fs';
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { SAMPLE_RATE } from '@frontdesk/audio';

export const WAV_HEADER_BYTES = 44;
const BYTES_PER_SAMPLE = 2;

/** Header of a 16-bit PCM WAV. */
export const wavHeader = (channels: number, dataBytes: number, sampleRate = SAMPLE_RATE): Buffer => {
  const header = Buffer.alloc(WAV_HEADER_BYTES);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + dataBytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE(sampleRate * channels * BYTES_PER_SAMPLE, 28);
  header.writeUInt16LE(channels * BYTES_PER_SAMPLE, 32);
  header.writeUInt16LE(8 * BYTES_PER_SAMPLE, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(dataBytes, 40);
  return header;
};

/** Writes a recording as it grows, one second a write; the file gets its name only when it is whole. */
export class WavWriter {
  private readonly stream: WriteStream;
  private readonly partPath: string;
  private pending: Int16Array[] = [];
  private pendingSamples = 0;
  private writtenSamples = 0;

  constructor(
    readonly path: string,
    private readonly channels: number,
  ) {
    this.partPath = `${path}.part`;
    this.stream = createWriteStream(this.partPath);
    // Reported by finish().
    this.stream.on('error', () => undefined);
    this.stream.write(wavHeader(channels, 0));
  }

  /** Samples of one channel written so far. */
  get samples(): number {
    return this.writtenSamples + this.pendingSamples;
  }

  /** Takes one array a channel, all of the same length. */
  write(channels: readonly Int16Array[]): void {
    const length = channels[0]?.length ?? 0;
    const interleaved = new Int16Array(length * this.channels);
    channels.forEach((samples, channel) => {
      for (let i = 0; i < length; i++) interleaved[i * this.channels + channel] = samples[i] ?? 0;
    });
    this.pending.push(interleaved);
    this.pendingSamples += length;
    if (this.pendingSamples >= SAMPLE_RATE) this.flush();
  }

  /** Completes the file, cut to the given samples of each channel when there is something to cut. */
  async finish(keep?: { from: number; to: number }): Promise<void> {
    this.flush();
    this.stream.end();
    await finished(this.stream);
    const frameBytes = this.channels * BYTES_PER_SAMPLE;
    if (keep && (keep.from > 0 || keep.to < this.writtenSamples)) {
      const data = await readFile(this.partPath);
      const kept = data.subarray(
        WAV_HEADER_BYTES + keep.from * frameBytes,
        WAV_HEADER_BYTES + keep.to * frameBytes,
      );
      await writeFile(this.partPath, Buffer.concat([wavHeader(this.channels, kept.length), kept]));
    } else {
      const file = await open(this.partPath, 'r+');
      await file.write(wavHeader(this.channels, this.writtenSamples * frameBytes), 0, WAV_HEADER_BYTES, 0);
      await file.close();
    }
    await rename(this.partPath, this.path);
  }

  async discard(): Promise<void> {
    this.stream.destroy();
    await rm(this.partPath, { force: true });
  }

  private flush(): void {
    for (const samples of this.pending)
      this.stream.write(Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength));
    this.pending = [];
    this.writtenSamples += this.pendingSamples;
    this.pendingSamples = 0;
  }
}
