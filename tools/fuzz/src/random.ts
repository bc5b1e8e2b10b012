/** Random numbers that are the same for the same seed (mulberry32): a run that found something can be had again. */
export class Random {
  constructor(private state: number) {}

  /** In [0, 1). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from 0 to `below` - 1. */
  int(below: number): number {
    return Math.floor(this.next() * below);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.int(choices.length)]!;
  }

  bytes(length: number): Buffer {
    const bytes = Buffer.alloc(length);
    for (let index = 0; index < length; index++) bytes[index] = this.int(256);
    return bytes;
  }

  /** Another sequence that belongs to a number, whatever was drawn before. */
  static of(seed: number, ...numbers: readonly number[]): Random {
    let state = seed | 0;
    for (const number of numbers)
      state = Math.imul(state ^ (number + 0x9e3779b9), 0x85ebca6b) ^ (state >>> 13);
    return new Random(state);
  }
}
