const SECOND_MS = 1000;

/** The most of these moments, in order, that any second holds, wherever it begins. */
export const mostInASecond = (momentsMs: readonly number[]): number => {
  let most = 0;
  for (let first = 0, end = 0; first < momentsMs.length; first++) {
    while (end < momentsMs.length && momentsMs[end]! < momentsMs[first]! + SECOND_MS) end++;
    most = Math.max(most, end - first);
  }
  return most;
};

/** How many come a second, from the first to the last; null when there are fewer than two. */
export const meanRate = (momentsMs: readonly number[]): number | null => {
  const spanMs = (momentsMs.at(-1) ?? 0) - (momentsMs[0] ?? 0);
  return spanMs > 0 ? ((momentsMs.length - 1) * SECOND_MS) / spanMs : null;
};

/** The least time between two that follow each other; null when there are fewer than two. */
export const leastGapMs = (momentsMs: readonly number[]): number | null => {
  let least: number | null = null;
  for (let index = 1; index < momentsMs.length; index++) {
    const gap = momentsMs[index]! - momentsMs[index - 1]!;
    if (least === null || gap < least) least = gap;
  }
  return least;
};

export interface Stretch {
  readonly fromMs: number;
  /** The end itself is not part of it. */
  readonly toMs: number;
}

/** The most of these stretches that lie over one moment. */
export const mostAtOnce = (stretches: readonly Stretch[]): number => {
  const changes = stretches
    .flatMap(({ fromMs, toMs }) => [
      { atMs: fromMs, by: 1 },
      { atMs: toMs, by: -1 },
    ])
    .sort((a, b) => a.atMs - b.atMs || a.by - b.by);
  let [now, most] = [0, 0];
  for (const { by } of changes) most = Math.max(most, (now += by));
  return most;
};

/** The value that this share of the values does not exceed; null without values. */
export const quantileOf = (values: readonly number[], share: number): number | null => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
};
