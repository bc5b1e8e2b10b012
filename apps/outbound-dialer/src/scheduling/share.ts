/** How far ahead of the rate attempts may wait in Kafka. */
export const aheadSeconds = 2;

export const aheadOf = (callsPerSecond: number): number =>
  Math.max(1, Math.ceil(callsPerSecond * aheadSeconds));

export interface Demand {
  /** Free slots of the campaign's concurrency, and how much further ahead of its rate it may be. */
  readonly room: number;
}

/**
 * Shares what the account may have ahead among campaigns, one by one in turn, so that a huge campaign takes no more than
 * a small one until the small one has what it can use (OU7).
 */
export const shareFairly = (budget: number, demands: readonly Demand[]): number[] => {
  const shares = demands.map(() => 0);
  let left = budget;
  for (let given = true; given && left > 0;) {
    given = false;
    for (const [index, { room }] of demands.entries()) {
      if (left === 0) break;
      if (shares[index]! >= room) continue;
      shares[index]! += 1;
      left -= 1;
      given = true;
    }
  }
  return shares;
};
