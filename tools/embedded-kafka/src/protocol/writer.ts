/** Writes Kafka's non-flexible primitives; chunks are joined once at the end. */
export class Writer {
  private readonly chunks: Buffer[] = [];
  private length = 0;

  private push(chunk: Buffer): this {
    this.chunks.push(chunk);
    this.length += chunk.length;
    return this;
  }

  int8(value: number): this {
    const chunk = Buffer.allocUnsafe(1);
    chunk.writeInt8(value);
    return this.push(chunk);
  }
  int16(value: number): this {
    const chunk = Buffer.allocUnsafe(2);
    chunk.writeInt16BE(value);
    return this.push(chunk);
  }
  int32(value: number): this {
    const chunk = Buffer.allocUnsafe(4);
    chunk.writeInt32BE(value);
    return this.push(chunk);
  }
  int64(value: number): this {
    const chunk = Buffer.allocUnsafe(8);
    chunk.writeBigInt64BE(BigInt(value));
    return this.push(chunk);
  }
  boolean(value: boolean): this {
    return this.int8(value ? 1 : 0);
  }
  string(value: string | null): this {
    if (value === null) return this.int16(-1);
    const bytes = Buffer.from(value, 'utf8');
    return this.int16(bytes.length).push(bytes);
  }
  bytes(value: Buffer | null): this {
    if (value === null) return this.int32(-1);
    return this.int32(value.length).push(value);
  }
  array<T>(values: readonly T[], element: (writer: this, value: T) => void): this {
    this.int32(values.length);
    for (const value of values) element(this, value);
    return this;
  }

  toBuffer(): Buffer {
    return Buffer.concat(this.chunks, this.length);
  }
}
