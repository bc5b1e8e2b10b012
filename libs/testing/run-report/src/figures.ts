/** One line of the result, in the form that demo, bench and chaos share. */
export interface Figure {
  readonly figure: string;
  readonly unit: string;
  readonly value: number | string | null;
  /** What is asked, in words; null when nothing is. */
  readonly goal: string | null;
  /** null: nothing asked, or it could not be measured here. */
  readonly ok: boolean | null;
}

/** A measured value without a goal. */
export const told = (figure: string, unit: string, value: number | null, digits = 0): Figure => ({
  figure,
  unit,
  value: rounded(value, digits),
  goal: null,
  ok: null,
});

/**
 * A time that may be at most `limit`, widened by how late the machine itself was meanwhile.
 * A time that could not be measured is a failure: what should have happened did not.
 */
export const atMost = (figure: string, value: number | null, limit: number, latenessMs: number): Figure => ({
  figure,
  unit: 'ms',
  value: rounded(value),
  goal: `≤ ${limit}${latenessMs > 0 ? ` (+${latenessMs}: the machine was that late)` : ''}`,
  ok: value !== null && value <= limit + latenessMs,
});

/** What has a goal but was not measured: `why` says what spoiled it. Neither held nor failed. */
export const notMeasured = (figure: string, unit: string, goal: string, why: string): Figure => ({
  figure,
  unit,
  value: null,
  goal: `${goal} (not measured: ${why})`,
  ok: null,
});

/** The same figure as one that was measured under bad conditions: its value stays, its verdict is withdrawn. */
export const spoiled = (measured: Figure, why: string): Figure => ({
  ...measured,
  goal: measured.goal === null ? null : `${measured.goal} (not measured: ${why})`,
  ok: null,
});

/** Whatever unit: at most `limit`, not widened by anything. */
export const upTo = (
  figure: string,
  unit: string,
  value: number | null,
  limit: number,
  digits = 1,
): Figure => ({
  figure,
  unit,
  value: rounded(value, digits),
  goal: `≤ ${limit}`,
  ok: value !== null && value <= limit,
});

/** Whatever unit: at least `limit`. */
export const atLeast = (figure: string, unit: string, value: number | null, limit: number): Figure => ({
  figure,
  unit,
  value,
  goal: `≥ ${limit}`,
  ok: value !== null && value >= limit,
});

export const below = (figure: string, unit: string, value: number | null, limit: number): Figure => ({
  figure,
  unit,
  value,
  goal: `< ${limit}`,
  ok: value !== null && value < limit,
});

export const exactly = (figure: string, unit: string, value: number | null, wanted: number): Figure => ({
  figure,
  unit,
  value,
  goal: `${wanted}`,
  ok: value === wanted,
});

export const near = (
  figure: string,
  unit: string,
  value: number | null,
  wanted: number,
  tolerance: number,
): Figure => ({
  figure,
  unit,
  value: rounded(value, 2),
  goal: `${wanted} ± ${rounded(tolerance, 2)}`,
  ok: value !== null && Math.abs(value - wanted) <= tolerance,
});

/** Two texts that must be the same, word by word; the value is how many words agreed. */
export const sameWords = (figure: string, actual: readonly string[], expected: readonly string[]): Figure => {
  const firstDifference = expected.findIndex((word, index) => word !== actual[index]);
  const isSame = actual.length === expected.length && firstDifference === -1 && expected.length > 0;
  return {
    figure,
    unit: 'words',
    value: isSame
      ? expected.length
      : `"${excerpt(actual, firstDifference)}" for "${excerpt(expected, firstDifference)}"`,
    goal: `the same ${expected.length}`,
    ok: isSame,
  };
};

const excerpt = (words: readonly string[], at: number): string => {
  const from = Math.max(0, (at === -1 ? words.length : at) - 2);
  return words.slice(from, from + 8).join(' ');
};

const rounded = (value: number | null, digits = 0): number | null =>
  value === null ? null : Number(value.toFixed(digits));
