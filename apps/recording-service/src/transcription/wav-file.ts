import { decodeWavData, readWavLayout, type WavLayout } from '@frontdesk/audio';
import { type FileHandle, open } from 'node:fs/promises';

/** More than any header before the data takes. */
const HEAD_BYTES = 64 * 1024;
/** Of audio decoded at a time, whatever the length of the recording. */
const BLOCK_BYTES = 1024 * 1024;

/** A WAV file read piece by piece: a recording of hours is never in memory as a whole. */
export class WavFile implements AsyncDisposable {
  private constructor(
    private readonly handle: FileHandle,
    readonly layout: WavLayout,
    /** Samples of each channel. */
    readonly length: number,
  ) {}

  /** Throws a WavError for a file that is none. */
  static async open(path: string): Promise<WavFile> {
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      const head = Buffer.alloc(Math.min(HEAD_BYTES, size));
      await handle.read(head, 0, head.length, 0);
      const layout = readWavLayout(head);
      const bytes = Math.max(0, Math.min(layout.dataBytes, size - layout.dataAt));
      return new WavFile(handle, layout, Math.floor(bytes / layout.frameBytes));
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** The samples of all channels from the first to the last, block by block. */
  async *blocks(): AsyncGenerator<Int16Array[]> {
    const step = Math.floor(BLOCK_BYTES / this.layout.frameBytes);
    for (let from = 0; from < this.length; from += step)
      yield await this.read(from, Math.min(from + step, this.length));
  }

  /** A stretch of every channel, from one sample to before another. */
  async read(from: number, to: number): Promise<Int16Array[]> {
    const { dataAt, frameBytes } = this.layout;
    const bytes = Buffer.alloc((to - from) * frameBytes);
    await this.handle.read(bytes, 0, bytes.length, dataAt + from * frameBytes);
    return decodeWavData(bytes, this.layout);
  }

  /** A stretch of one channel. */
  async readChannel(channel: number, from: number, to: number): Promise<Int16Array> {
    const samples = new Int16Array(to - from);
    const step = Math.floor(BLOCK_BYTES / this.layout.frameBytes);
    for (let at = from; at < to; at += step) {
      const block = await this.read(at, Math.min(at + step, to));
      samples.set(block[channel]!, at - from);
    }
    return samples;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.handle.close();
  }
}
