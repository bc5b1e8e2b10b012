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
 * Shares what the account may have ahead, one by one in turn: among businesses, and what a business gets among its
 * campaigns. So neither a huge campaign nor a business with many of them takes more than a small one until the small one
 * has what it can use (OU7).
 * @param demands who comes first in each turn, first
 * @param roomOfBusiness free slots of a business, over all its campaigns
 */
export const shareFairly = (
  budget: number,
  demands: readonly Demand[],
  roomOfBusiness: (businessId: string) => number,
): number[] => {
  const shares = demands.map(() => 0);
  const lines = linesOf(demands);
  const roomLeft = new Map([...lines.keys()].map((id) => [id, roomOfBusiness(id)]));
  for (let left = budget; left > 0;) {
    const before = left;
    for (const [businessId, line] of lines) {
      const room = roomLeft.get(businessId)!;
      const index = room > 0 && left > 0 ? line.shift() : undefined;
      if (index === undefined) continue;
      shares[index]! += 1;
      if (shares[index]! < demands[index]!.room) line.push(index);
      roomLeft.set(businessId, room - 1);
      left -= 1;
    }
    if (left === before) break;
  }
  return shares;
};

/** Of each business the campaigns that have room, by their place among the demands. */
const linesOf = (demands: readonly Demand[]): Map<string, number[]> => {
  const lines = new Map<string, number[]>();
  for (const [index, { businessId, room }] of demands.entries()) {
    if (room <= 0) continue;
    const line = lines.get(businessId);
    if (line) line.push(index);
    else lines.set(businessId, [index]);
  }
  return lines;
};
