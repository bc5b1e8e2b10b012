/** Measures one frequency over a window, at the cost of one multiplication a sample. */
export class Goertzel {
  private readonly coefficient: number;

  constructor(hz: number, sampleRate: number) {
    this.coefficient = 2 * Math.cos((2 * Math.PI * hz) / sampleRate);
  }

  /** Power of the tone in samples[from, to): n * n / 4 for a sine of amplitude 1. */
  power(samples: Int16Array, from: number, to: number): number {
    const { coefficient } = this;
    let last = 0;
    let before = 0;
    for (let i = from; i < to; i++) {
      const next = samples[i]! + coefficient * last - before;
      before = last;
      last = next;
    }
    return last * last + before * before - coefficient * last * before;
  }
}
