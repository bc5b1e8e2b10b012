// Just enough of RFC 6455 for a load generator that may cost less than what it measures: whole text messages, control
// frames, no extensions. Frames that continue a message are not expected from our gateway and are an error.
export const TEXT = 1;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

const MASKED = 0x80;

/** A frame with its payload; masked (with zeroes, which changes nothing in it) as clients must. */
export const frameOf = (opcode: number, payload: Buffer, isMasked: boolean): Buffer => {
  const { length } = payload;
  const lengthBytes = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const head = 2 + lengthBytes + (isMasked ? 4 : 0);
  const frame = Buffer.alloc(head + length);
  frame[0] = 0x80 | opcode;
  frame[1] = (isMasked ? MASKED : 0) | (lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127);
  if (lengthBytes === 2) frame.writeUInt16BE(length, 2);
  if (lengthBytes === 8) frame.writeBigUInt64BE(BigInt(length), 2);
  payload.copy(frame, head);
  return frame;
};

/**
 * What a reader of frames is told: the buffer is reused, so what is needed later is copied. `mask` is where the masking
 * key lies, -1 without one.
 */
export type FrameSink = (opcode: number, buffer: Buffer, start: number, end: number, mask: number) => void;

/** Cuts a stream of bytes into frames; a frame that is not whole yet is kept. */
export class FrameReader {
  private rest: Buffer | null = null;

  constructor(private readonly sink: FrameSink) {}

  /** What was read: the first `count` bytes, which are only lent. */
  read(bytes: Buffer, count = bytes.length): void {
    const buffer = this.rest ? Buffer.concat([this.rest, bytes.subarray(0, count)]) : bytes;
    const total = this.rest ? buffer.length : count;
    this.rest = null;
    let at = 0;
    while (at < total) {
      const next = this.frameAt(buffer, at, total);
      if (next < 0) {
        this.rest = Buffer.from(buffer.subarray(at, total));
        return;
      }
      at = next;
    }
  }

  /** Where the next frame begins; -1 when this one is not whole. */
  private frameAt(buffer: Buffer, at: number, total: number): number {
    if (total < at + 2) return -1;
    const code = buffer[at + 1]! & 0x7f;
    let start = at + 2;
    let length = code;
    if (code === 126) {
      if (total < at + 4) return -1;
      length = buffer.readUInt16BE(at + 2);
      start = at + 4;
    } else if (code === 127) {
      if (total < at + 10) return -1;
      length = Number(buffer.readBigUInt64BE(at + 2));
      start = at + 10;
    }
    let mask = -1;
    if (buffer[at + 1]! & MASKED) {
      mask = start;
      start += 4;
    }
    const end = start + length;
    if (total < end) return -1;
    if (!(buffer[at]! & 0x80)) throw new Error('a message in more than one frame');
    this.sink(buffer[at]! & 0x0f, buffer, start, end, mask);
    return end;
  }
}

/** The unmasked payload, copied. */
export const payloadOf = (buffer: Buffer, start: number, end: number, mask: number): Buffer => {
  const payload = Buffer.from(buffer.subarray(start, end));
  if (mask >= 0)
    for (let index = 0; index < payload.length; index++) payload[index]! ^= buffer[mask + (index & 3)]!;
  return payload;
};
