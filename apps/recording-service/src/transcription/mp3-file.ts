import { type FileHandle, open } from 'node:fs/promises';
import { id3Bytes, MP3_HEADER_BYTES, mp3FrameAt } from '../files/mp3-frame';

/** Of the file looked at at a time. */
const BLOCK_BYTES = 1024 * 1024;
/** What one request may lose; at most 24 MB (at 320 kbit/s), which is under the provider's 25 MiB. */
const MAX_PART_MS = 10 * 60_000;
/** Damaged places between frames are in no frame's time. */
const MAX_PART_BYTES = 24_000_000;

/** A stretch of whole frames. */
export interface Mp3Part {
  startMs: number;
  endMs: number;
  firstByte: number;
  /** The first byte after it. */
  lastByte: number;
}

/** A file that holds not one frame: no other try can help. */
export class Mp3Error extends Error {
  constructor() {
    super('the file holds no MP3 frame');
    this.name = 'Mp3Error';
  }
}

/**
 * An MP3 read piece by piece. It is not decoded: its frames tell how long it is, and it is cut between two of them. That may
 * be in the middle of a word, once in ten minutes.
 */
export class Mp3File implements AsyncDisposable {
  private constructor(
    private readonly handle: FileHandle,
    readonly parts: readonly Mp3Part[],
  ) {}

  /** Throws an {@link Mp3Error} for a file that is none. */
  static async open(path: string): Promise<Mp3File> {
    const handle = await open(path, 'r');
    try {
      const parts = await partsOf(handle);
      if (parts.length === 0) throw new Mp3Error();
      return new Mp3File(handle, parts);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** The frames of a part: an MP3 of its own. */
  async read({ firstByte, lastByte }: Mp3Part): Promise<Buffer> {
    const bytes = Buffer.alloc(lastByte - firstByte);
    await this.handle.read(bytes, 0, bytes.length, firstByte);
    return bytes;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.handle.close();
  }
}

const partsOf = async (handle: FileHandle): Promise<Mp3Part[]> => {
  const parts: Mp3Part[] = [];
  let current: Mp3Part | undefined;
  let atMs = 0;
  for await (const { firstByte, bytes, durationMs } of framesOf(handle)) {
    if (!current || !hasRoom(current, firstByte + bytes, atMs + durationMs))
      parts.push((current = { startMs: atMs, endMs: atMs, firstByte, lastByte: firstByte }));
    atMs += durationMs;
    current.endMs = atMs;
    current.lastByte = firstByte + bytes;
  }
  return parts;
};

const hasRoom = ({ startMs, firstByte }: Mp3Part, lastByte: number, endMs: number): boolean =>
  endMs - startMs <= MAX_PART_MS && lastByte - firstByte <= MAX_PART_BYTES;

interface PlacedFrame {
  firstByte: number;
  bytes: number;
  durationMs: number;
}

/** All whole frames; what stands between them (tags, a damaged place) is passed over. */
async function* framesOf(handle: FileHandle): AsyncGenerator<PlacedFrame> {
  const { size } = await handle.stat();
  const block = Buffer.alloc(Math.min(BLOCK_BYTES, size));
  let at = 0;
  while (at + MP3_HEADER_BYTES <= size) {
    const { bytesRead } = await handle.read(block, 0, block.length, at);
    const here = block.subarray(0, bytesRead);
    let next = at === 0 ? id3Bytes(here) : 0;
    while (next + MP3_HEADER_BYTES <= here.length) {
      const frame = mp3FrameAt(here, next);
      if (frame && at + next + frame.bytes <= size) yield { firstByte: at + next, ...frame };
      if (frame) next += frame.bytes;
      else {
        const sync = here.indexOf(0xff, next + 1);
        next = sync === -1 ? here.length : sync;
      }
    }
    if (next === 0) return;
    at += next;
  }
}
