/** The part of a stream still needed, addressed by the position in the whole stream. */
export class SampleBuffer {
  samples = new Int16Array(8192);
  private first = 0;
  private length = 0;

  /** Position of the oldest sample kept. */
  get begin(): number {
    return this.first;
  }

  /** Position after the last sample received. */
  get end(): number {
    return this.first + this.length;
  }

  /** Where in `samples` a position of the stream lies. */
  index(position: number): number {
    return position - this.first;
  }

  push(pcm: Int16Array): void {
    if (this.length + pcm.length > this.samples.length) {
      const larger = new Int16Array(2 * (this.length + pcm.length));
      larger.set(this.samples.subarray(0, this.length));
      this.samples = larger;
    }
    this.samples.set(pcm, this.length);
    this.length += pcm.length;
  }

  /** Forgets what lies before the position; cheap because it moves memory only now and then. */
  discardBefore(position: number): void {
    const gone = Math.min(this.length, position - this.first);
    if (gone < this.samples.length / 2) return;
    this.samples.copyWithin(0, gone, this.length);
    this.first += gone;
    this.length -= gone;
  }
}
