/** So much of the start size may be in use for the ring to go back to it: it must not grow again at once. */
const REST_SHARE = 0.95;

/**
 * The newest audio of a line, byte by byte: what is added goes behind, what is dropped goes from the front. One buffer,
 * which grows while there is need for it, never beyond its bound, and shrinks again.
 */
export class AudioRing {
  private buffer: Buffer;
  private head = 0;
  length = 0;

  /**
   * @param startBytes what it holds without growing
   * @param maxBytes the most that may ever be in it at once
   */
  constructor(
    private readonly startBytes: number,
    private readonly maxBytes: number,
  ) {
    this.buffer = Buffer.allocUnsafeSlow(startBytes);
  }

  /** @throws RangeError for more than the bound: who adds drops first */
  push(bytes: Uint8Array): void {
    const needed = this.length + bytes.length;
    if (needed > this.maxBytes) throw new RangeError(`the ring holds ${this.maxBytes} bytes, not ${needed}`);
    if (needed > this.buffer.length) this.grow(needed);
    const size = this.buffer.length;
    const at = (this.head + this.length) % size;
    const count = Math.min(bytes.length, size - at);
    this.buffer.set(count === bytes.length ? bytes : bytes.subarray(0, count), at);
    if (count < bytes.length) this.buffer.set(bytes.subarray(count), 0);
    this.length = needed;
  }

  /** Drops the oldest. */
  drop(bytes: number): void {
    const count = Math.min(bytes, this.length);
    this.head = (this.head + count) % this.buffer.length;
    this.length -= count;
    if (this.buffer.length > this.startBytes && this.length <= this.startBytes * REST_SHARE)
      this.resize(this.startBytes);
  }

  /** A copy of a part; offsets count from the oldest byte. */
  slice(from: number, to: number): Buffer {
    const first = Math.max(0, from);
    const last = Math.min(this.length, to);
    if (last <= first) return Buffer.alloc(0);
    const copy = Buffer.allocUnsafeSlow(last - first);
    this.copyTo(copy, first, last);
    return copy;
  }

  private copyTo(target: Buffer, from: number, to: number): void {
    const at = (this.head + from) % this.buffer.length;
    const count = Math.min(to - from, this.buffer.length - at);
    this.buffer.copy(target, 0, at, at + count);
    this.buffer.copy(target, count, 0, to - from - count);
  }

  private grow(needed: number): void {
    this.resize(Math.min(this.maxBytes, Math.max(needed, this.buffer.length * 2)));
  }

  private resize(bytes: number): void {
    const other = Buffer.allocUnsafeSlow(bytes);
    this.copyTo(other, 0, this.length);
    this.buffer = other;
    this.head = 0;
  }
}
