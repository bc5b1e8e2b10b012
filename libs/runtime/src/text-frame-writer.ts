import { randomFillSync } from 'node:crypto';
import { encodeBase64, encodedLength } from './base64';
import { type FrameSocket, PlainConnection } from './plain-connection';

export interface TextFrameWriterOptions {
  /** Clients mask what they send with fresh random bytes (RFC 6455 §5.3), servers never do. */
  readonly isMasked: boolean;
  /** Size of the one buffer, where the connection is not a plain one; a longer message costs one of its own. */
  readonly capacityBytes?: number;
}

const TEXT_FRAME = 0x81;
const MASKED = 0x80;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const MAX_SHORT = 125;
const MAX_16 = 0xffff;
const MASK_BYTES = 4;
const DEFAULT_CAPACITY_BYTES = 4096;

const NOTHING = Buffer.alloc(0);

/**
 * For all plain connections: the network takes their frames within the flush, and the same few lines of the processor's
 * cache serve the next. Whoever has frames in it is `sharedBy`.
 */
const shared = Buffer.allocUnsafeSlow(16 * 1024);
const sharedWords = new Int32Array(shared.buffer);
let sharedBy: TextFrameWriter | null = null;

const randomBytes = Buffer.alloc(8192);
let usedRandomBytes = randomBytes.length;

/**
 * Writes short ASCII messages as whole text frames, past the WebSocket library: header and text lie in one buffer that is
 * used again and again, and several messages leave in one system call; on a plain connection past Node's stream, too, unless
 * something waits there. For what is sent fifty times a second; all else goes through the library, which writes to the
 * same socket at once and so keeps the order, as long as nothing is added without being flushed. Only for connections
 * without extensions.
 */
export class TextFrameWriter {
  private readonly capacityBytes: number;
  private readonly isMasked: boolean;
  private readonly plain: PlainConnection | null;
  private buffer: Buffer = NOTHING;
  /** The same memory. */
  private words: Int32Array = new Int32Array(0);
  /** What the last flush wrote. */
  private written: Buffer = NOTHING;
  private filled = 0;

  constructor(
    private readonly socket: FrameSocket,
    options: TextFrameWriterOptions,
  ) {
    this.isMasked = options.isMasked;
    this.capacityBytes = options.capacityBytes ?? DEFAULT_CAPACITY_BYTES;
    this.plain = PlainConnection.of(socket);
    if (!this.plain) this.take(this.capacityBytes);
  }

  /** Adds a message of ASCII characters alone: others would be damaged. It leaves with `flush`. */
  add(ascii: string): void {
    const at = this.open(ascii.length);
    this.buffer.write(ascii, at, 'latin1');
    this.close(at, ascii.length);
  }

  /**
   * Adds a message that holds the bytes `from` to `to` as base64 between two pieces of ASCII. It leaves with `flush`; the
   * bytes may be changed at once.
   */
  addBase64(head: Uint8Array, bytes: Uint8Array, from: number, to: number, tail: Uint8Array): void {
    const length = head.length + encodedLength(to - from) + tail.length;
    const start = this.open(length);
    const { buffer } = this;
    let at = copy(head, buffer, start);
    at = encodeBase64(bytes, from, to, buffer, at);
    copy(tail, buffer, at);
    this.close(start, length);
  }

  /** Hands everything that was added to the network, or to the socket. */
  flush(): void {
    if (this.filled === 0) return;
    const count = this.filled;
    this.filled = 0;
    if (this.plain) return this.flushPlain(this.plain, count);
    // Most are as long as the one before.
    if (this.written.length !== count || this.written.buffer !== this.buffer.buffer)
      this.written = this.buffer.subarray(0, count);
    this.socket.write(this.written);
    if (this.buffer.length > this.capacityBytes + 3) this.take(this.capacityBytes);
  }

  private flushPlain(plain: PlainConnection, count: number): void {
    const { socket, buffer } = this;
    if (buffer === shared) sharedBy = null;
    this.buffer = NOTHING;
    plain.send(socket, buffer, count);
  }

  /** Makes room for a message and writes its header. Returns where its text goes. */
  private open(length: number): number {
    const lengthBytes = length <= MAX_SHORT ? 0 : length <= MAX_16 ? 2 : 8;
    const headBytes = 2 + lengthBytes + (this.isMasked ? MASK_BYTES : 0);
    if (this.filled + headBytes + length > this.buffer.length) this.flush();
    if (this.filled === 0) this.begin(headBytes + length);
    const { buffer } = this;
    let at = this.filled;
    buffer[at++] = TEXT_FRAME;
    buffer[at++] =
      (this.isMasked ? MASKED : 0) | (lengthBytes === 0 ? length : lengthBytes === 2 ? LENGTH_16 : LENGTH_64);
    if (lengthBytes === 2) {
      buffer[at++] = length >> 8;
      buffer[at++] = length & 0xff;
    } else if (lengthBytes === 8) at = buffer.writeUInt32BE(length, buffer.writeUInt32BE(0, at));
    return this.isMasked ? writeMask(buffer, at) : at;
  }

  /** The text is written. */
  private close(at: number, length: number): void {
    if (this.isMasked) applyMask(this.buffer, this.words, at, length);
    this.filled = at + length;
  }

  /**
   * What the network has not taken still lies in the buffer, which must not be written to then. Asked only now: TLS takes
   * nothing within the write itself, and nearly always everything before the next message.
   */
  private begin(bytes: number): void {
    if (this.plain) return this.beginPlain(bytes);
    if (bytes <= this.buffer.length && this.socket.writableLength === 0) return;
    this.take(Math.max(bytes, this.capacityBytes));
  }

  private beginPlain(bytes: number): void {
    if (bytes > shared.length) return this.take(bytes);
    share(this);
    this.buffer = shared;
    this.words = sharedWords;
  }

  private take(bytes: number): void {
    // Whole words, which begin where the bytes do.
    this.buffer = Buffer.allocUnsafeSlow((bytes + 3) & ~3);
    this.words = new Int32Array(this.buffer.buffer);
  }
}

const share = (writer: TextFrameWriter): void => {
  sharedBy?.flush();
  sharedBy = writer;
};

/** A loop: for a few dozen bytes cheaper than a call out of JavaScript. */
const copy = (from: Uint8Array, to: Uint8Array, at: number): number => {
  for (let index = 0; index < from.length; index++) to[at + index] = from[index]!;
  return at + from.length;
};

const writeMask = (buffer: Buffer, at: number): number => {
  if (usedRandomBytes === randomBytes.length) {
    randomFillSync(randomBytes);
    usedRandomBytes = 0;
  }
  for (let index = 0; index < MASK_BYTES; index++) buffer[at + index] = randomBytes[usedRandomBytes++]!;
  return at + MASK_BYTES;
};

/** The key stands before the text. Where the text begins at a whole word, four bytes are masked at a time. */
const applyMask = (buffer: Buffer, words: Int32Array, at: number, length: number): void => {
  const key = at - MASK_BYTES;
  let index = 0;
  if ((at & 3) === 0) {
    const keyWord = words[key >> 2]!;
    const first = at >> 2;
    const count = length >> 2;
    for (let word = first; word < first + count; word++) words[word]! ^= keyWord;
    index = count << 2;
  }
  for (; index < length; index++) buffer[at + index]! ^= buffer[key + (index & 3)]!;
};
