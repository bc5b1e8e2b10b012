/**
 * How far ahead of the rate attempts may wait in Kafka. What is new waits so long behind them; and a tick of the scheduler,
 * the way through Kafka and a worker's own work must fit in.
 */
export const aheadSeconds = 0.6;

export const aheadOf = (callsPerSecond: number): number =>
  Math.max(1, Math.ceil(callsPerSecond * aheadSeconds));

export interface Demand {
  readonly businessId: string;
  /** Free slots of the campaign's concurrency, and how much further ahead of its rate it may be. */
  readonly room: number;
}

/**
 * Shares what the account may have ahead among campaigns, one by one in turn, so that a huge campaign takes no more than
 * a small one until the small one has what it can use (OU7).
 * @param roomOfBusiness free slots of a business, over all its campaigns
 */
export const shareFairly = (
  budget: number,
  demands: readonly Demand[],
  roomOfBusiness: (businessId: string) => number,
): number[] => {
  const shares = demands.map(() => 0);
  const roomLeft = new Map(demands.map(({ businessId }) => [businessId, roomOfBusiness(businessId)]));
  let left = budget;
  for (let given = true; given && left > 0;) {
    given = false;
    for (const [index, { businessId, room }] of demands.entries()) {
      if (left === 0) break;
      const ofBusiness = roomLeft.get(businessId)!;
      if (shares[index]! >= room || ofBusiness <= 0) continue;
      roomLeft.set(businessId, ofBusiness - 1);
      shares[index]! += 1;
      left -= 1;
      given = true;
    }
  }
  return shares;
};
