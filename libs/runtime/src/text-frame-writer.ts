import { randomFillSync } from 'node:crypto';

/** The socket below a WebSocket, as far as it is written to. */
export interface FrameSocket {
  write(bytes: Uint8Array): boolean;
  /** Bytes that were written and that the network has not taken yet. */
  readonly writableLength: number;
}

export interface TextFrameWriterOptions {
  /** Clients mask what they send with fresh random bytes (RFC 6455 §5.3), servers never do. */
  readonly isMasked: boolean;
  /** Size of the one buffer; a longer message costs one of its own. */
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

const randomBytes = Buffer.alloc(8192);
let usedRandomBytes = randomBytes.length;

/**
 * Writes short ASCII messages as whole text frames, past the WebSocket library: header and text lie in one buffer that is
 * allocated once, and several messages leave in one system call. For what is sent fifty times a second; all else goes
 * through the library, which writes to the same socket at once and so keeps the order, as long as nothing is added
 * without being flushed. Only for connections without extensions.
 */
export class TextFrameWriter {
  private readonly capacityBytes: number;
  private readonly isMasked: boolean;
  private buffer: Buffer;
  private filled = 0;

  constructor(
    private readonly socket: FrameSocket,
    options: TextFrameWriterOptions,
  ) {
    this.isMasked = options.isMasked;
    this.capacityBytes = options.capacityBytes ?? DEFAULT_CAPACITY_BYTES;
    this.buffer = Buffer.allocUnsafeSlow(this.capacityBytes);
  }

  /** Adds a message of ASCII characters alone: others would be damaged. It leaves with `flush`. */
  add(ascii: string): void {
    const { length } = ascii;
    const lengthBytes = length <= MAX_SHORT ? 0 : length <= MAX_16 ? 2 : 8;
    const headBytes = 2 + lengthBytes + (this.isMasked ? MASK_BYTES : 0);
    if (this.filled + headBytes + length > this.buffer.length) this.flush();
    if (this.filled === 0) this.begin(headBytes + length);
    const { buffer } = this;
    let at = this.filled;
    buffer[at++] = TEXT_FRAME;
    buffer[at++] =
      (this.isMasked ? MASKED : 0) | (lengthBytes === 0 ? length : lengthBytes === 2 ? LENGTH_16 : LENGTH_64);
    if (lengthBytes === 2) at = buffer.writeUInt16BE(length, at);
    else if (lengthBytes === 8) at = buffer.writeUInt32BE(length, buffer.writeUInt32BE(0, at));
    if (this.isMasked) at = writeMask(buffer, at);
    buffer.write(ascii, at, 'latin1');
    if (this.isMasked) applyMask(buffer, at, length);
    this.filled = at + length;
  }

  /** Hands everything that was added to the socket. */
  flush(): void {
    if (this.filled === 0) return;
    this.socket.write(this.buffer.subarray(0, this.filled));
    this.filled = 0;
    if (this.buffer.length > this.capacityBytes) this.buffer = Buffer.allocUnsafeSlow(this.capacityBytes);
  }

  /**
   * What the network has not taken still lies in the buffer, which must not be written to then. Asked only now: TLS takes
   * nothing within the write itself, and nearly always everything before the next message.
   */
  private begin(bytes: number): void {
    if (bytes <= this.buffer.length && this.socket.writableLength === 0) return;
    this.buffer = Buffer.allocUnsafeSlow(Math.max(bytes, this.capacityBytes));
  }
}

const writeMask = (buffer: Buffer, at: number): number => {
  if (usedRandomBytes === randomBytes.length) {
    randomFillSync(randomBytes);
    usedRandomBytes = 0;
  }
  for (let index = 0; index < MASK_BYTES; index++) buffer[at + index] = randomBytes[usedRandomBytes++]!;
  return at + MASK_BYTES;
};

/** The key stands before the text. */
const applyMask = (buffer: Buffer, at: number, length: number): void => {
  const key = at - MASK_BYTES;
  for (let index = 0; index < length; index++) buffer[at + index]! ^= buffer[key + (index & 3)]!;
};
