/**
 * 16-bit little-endian samples from a byte stream whose chunks may split a sample: the odd byte is kept for the next
 * chunk. A byte left over at the end is half a sample: the body was cut.
 */
export class PcmSamples {
  private carried = new Uint8Array(0);

  /** Whether half a sample waits for its other half. */
  get hasHalf(): boolean {
    return this.carried.length > 0;
  }

  /** The samples completed by this chunk; may be empty. */
  push(bytes: Uint8Array): Int16Array {
    const joined = new Uint8Array(this.carried.length + bytes.length);
    joined.set(this.carried);
    joined.set(bytes, this.carried.length);
    const wholeBytes = joined.length - (joined.length % 2);
    this.carried = joined.slice(wholeBytes);
    const view = new DataView(joined.buffer, 0, wholeBytes);
    const samples = new Int16Array(wholeBytes / 2);
    for (let index = 0; index < samples.length; index++) samples[index] = view.getInt16(index * 2, true);
    return samples;
  }
}
