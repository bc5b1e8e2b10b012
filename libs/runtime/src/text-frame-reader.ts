import { type InPlaceReads } from './in-place-socket';

const WHOLE_TEXT = 0x81;
const PING = 0x89;
const PONG = 0x8a;
const MASKED = 0x80;
const LENGTH_BITS = 0x7f;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const MASK_BYTES = 4;

/** The text of one message: the bytes `from` to `to`, which are only lent. */
export type OnText = (bytes: Buffer, from: number, to: number) => void;
/** Gives bytes on to the WebSocket library. */
export type PassOn = (from: number, to: number) => void;

export interface TextFrameReaderOptions {
  /** Clients mask what they send, servers never do (RFC 6455 §5.1). */
  readonly isMasked: boolean;
}

/**
 * Reads the text messages that an end sends as one short frame each, where they lie in what the network brought, past
 * the WebSocket library: for what comes fifty times a second and call. Everything else goes to the library, in its order:
 * pings and pongs, and a frame that was cut by the network, piece by piece; from the first frame of another kind on
 * (fragments, binary, close, a protocol error) all that comes, and also from one on whose header was cut. While the
 * library has paused the connection, what waits for it may be overtaken by texts of the same read: pings and pongs. Only
 * for connections without extensions, and for a library that takes messages of 64 KiB and more.
 */
export class TextFrameReader {
  /** Of a frame that the library is in the middle of. */
  private leftBytes = 0;
  /** The memory that was read into last, as words. */
  private words: Int32Array = new Int32Array(0);
  private isOver = false;
  private isFollowing = false;
  private readonly maskBytes: number;
  private readonly maskBit: number;

  constructor(
    private readonly onText: OnText,
    { isMasked }: TextFrameReaderOptions,
  ) {
    this.maskBytes = isMasked ? MASK_BYTES : 0;
    this.maskBit = isMasked ? MASKED : 0;
  }

  /** What was read: the bytes from `start` to `count`, whose texts are unmasked where they lie. */
  receive(bytes: Buffer, start: number, count: number, pass: PassOn): void {
    if (this.isOver) return pass(start, count);
    let at = Math.min(start + this.leftBytes, count);
    if (at > start) {
      this.leftBytes -= at - start;
      pass(start, at);
    }
    while (at < count && !this.isOver) at = this.frame(bytes, at, count, pass);
  }

  /** What the library is given whole: only where the next frame begins is found out. */
  follow(bytes: Buffer, start: number, count: number): void {
    this.isFollowing = true;
    this.receive(bytes, start, count, () => undefined);
    this.isFollowing = false;
  }

  /** One frame, whole or not. Returns where the next begins. */
  private frame(bytes: Buffer, at: number, count: number, pass: PassOn): number {
    const kind = bytes[at]!;
    const second = at + 1 < count ? bytes[at + 1]! : 0;
    const short = second & LENGTH_BITS;
    const from = at + (short === LENGTH_16 ? 4 : 2) + this.maskBytes;
    const isKnown = kind === WHOLE_TEXT || ((kind === PING || kind === PONG) && short < LENGTH_16);
    // The header must be here whole: it says where the next frame begins.
    if (!isKnown || (second & MASKED) !== this.maskBit || short === LENGTH_64 || from > count) {
      this.isOver = true;
      pass(at, count);
      return count;
    }
    const to = from + (short === LENGTH_16 ? (bytes[at + 2]! << 8) | bytes[at + 3]! : short);
    if (kind === WHOLE_TEXT && to <= count && !this.isFollowing) {
      if (this.maskBytes > 0) this.unmask(bytes, from, to);
      this.onText(bytes, from, to);
      return to;
    }
    this.leftBytes = Math.max(0, to - count);
    pass(at, Math.min(to, count));
    return Math.min(to, count);
  }

  /** The key stands before the text. A frame that is alone in what was read lies so that four bytes are done at a time. */
  private unmask(bytes: Buffer, from: number, to: number): void {
    const key = from - MASK_BYTES;
    let at = from;
    const start = bytes.byteOffset + from;
    if ((start & 3) === 0 && bytes.buffer.byteLength % 4 === 0) {
      if (this.words.buffer !== bytes.buffer) this.words = new Int32Array(bytes.buffer);
      const { words } = this;
      const first = start >> 2;
      const end = first + ((to - from) >> 2);
      const keyWord = words[first - 1]!;
      for (let word = first; word < end; word++) words[word]! ^= keyWord;
      at = from + ((end - first) << 2);
    }
    for (; at < to; at++) bytes[at]! ^= bytes[key + ((at - from) & 3)]!;
  }
}

/** From now on the texts that a client sends are told here, and all else to the library that listens to the connection. */
export const readTextFrames = (reads: InPlaceReads, onText: OnText): void => {
  const reader = new TextFrameReader(onText, { isMasked: true });
  reads.taker = (bytes, count, pass) => reader.receive(bytes, 0, count, pass);
};

const CR = 0x0d;
const END_OF_HEAD = [CR, 0x0a, CR, 0x0a];

/**
 * The same at the client's end, from the first byte on: the answer to the upgrade, and what came in one read with the end
 * of its head, goes to the library, which is told of its socket only then.
 */
export const readTextFramesAfterUpgrade = (reads: InPlaceReads, onText: OnText): void => {
  const reader = new TextFrameReader(onText, { isMasked: false });
  let matched = 0;
  reads.taker = (bytes, count, pass) => {
    if (matched === END_OF_HEAD.length) return reader.receive(bytes, 0, count, pass);
    let at = 0;
    for (; at < count && matched < END_OF_HEAD.length; at++)
      matched = bytes[at] === END_OF_HEAD[matched] ? matched + 1 : bytes[at] === CR ? 1 : 0;
    reader.follow(bytes, at, count);
    pass(0, count);
  };
};
