/** The bytes of a request do not say what its API and version promise. */
export class MalformedRequestError extends Error {
  override readonly name = 'MalformedRequestError';
}

/** Reads Kafka's non-flexible primitives: big-endian integers, strings with int16 and bytes with int32 lengths. */
export class Reader {
  private offset = 0;

  constructor(private readonly buffer: Buffer) {}

  private take(bytes: number): number {
    const at = this.offset;
    if (bytes < 0 || at + bytes > this.buffer.length)
      throw new MalformedRequestError(`needs ${bytes} bytes at ${at} of ${this.buffer.length}`);
    this.offset += bytes;
    return at;
  }

  int8(): number {
    return this.buffer.readInt8(this.take(1));
  }
  int16(): number {
    return this.buffer.readInt16BE(this.take(2));
  }
  int32(): number {
    return this.buffer.readInt32BE(this.take(4));
  }
  /** Offsets, times and producer ids stay far below 2^53. */
  int64(): number {
    return Number(this.buffer.readBigInt64BE(this.take(8)));
  }
  boolean(): boolean {
    return this.int8() !== 0;
  }
  nullableString(): string | null {
    const length = this.int16();
    if (length < 0) return null;
    const at = this.take(length);
    return this.buffer.toString('utf8', at, at + length);
  }
  string(): string {
    const value = this.nullableString();
    if (value === null) throw new MalformedRequestError('null where a string is required');
    return value;
  }
  /** A view into the request, not a copy. */
  nullableBytes(): Buffer | null {
    const length = this.int32();
    if (length < 0) return null;
    const at = this.take(length);
    return this.buffer.subarray(at, at + length);
  }
  bytes(): Buffer {
    return this.nullableBytes() ?? Buffer.alloc(0);
  }
  nullableArray<T>(element: (reader: this) => T): T[] | null {
    const count = this.int32();
    if (count < 0) return null;
    // Every element takes at least a byte: an absurd count must not allocate.
    if (count > this.buffer.length - this.offset)
      throw new MalformedRequestError(`array of ${count} elements in ${this.buffer.length} bytes`);
    return Array.from({ length: count }, () => element(this));
  }
  array<T>(element: (reader: this) => T): T[] {
    return this.nullableArray(element) ?? [];
  }
}
