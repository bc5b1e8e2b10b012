/** How much of everything, in the full form and in the small one. */
export interface Sizes {
  readonly calls: number;
  /** Under load, until what is measured next is what calls cost, not what compiling the code for them costs. */
  readonly compiledAfterMs: number;
  readonly steadyMs: number;
  readonly churnPerSecond: number;
  readonly churnMs: number;
  readonly stepCalls: number;
  readonly maxCalls: number;
  readonly stepMs: number;
  readonly stallCalls: number;
  readonly stallMs: number;
  readonly bargeInCalls: number;
  readonly bargeIns: number;
  readonly bargeInLimitMs: number;
}

const full: Sizes = {
  calls: 300,
  compiledAfterMs: 10_000,
  steadyMs: 30_000,
  churnPerSecond: 10,
  churnMs: 20_000,
  stepCalls: 100,
  maxCalls: 1500,
  stepMs: 10_000,
  stallCalls: 100,
  stallMs: 20_000,
  bargeInCalls: 100,
  bargeIns: 1000,
  bargeInLimitMs: 120_000,
};

/** For CI, under a minute: shows that it runs and that counts hold. */
const small: Sizes = {
  calls: 30,
  compiledAfterMs: 3000,
  steadyMs: 6000,
  churnPerSecond: 5,
  churnMs: 4000,
  stepCalls: 30,
  maxCalls: 30,
  stepMs: 0,
  stallCalls: 20,
  stallMs: 5000,
  bargeInCalls: 40,
  bargeIns: 60,
  bargeInLimitMs: 25_000,
};

export const sizesOf = (isSmall: boolean): Sizes => (isSmall ? small : full);
