import { type EntityManager } from 'typeorm';
import { type AttemptRow } from '../rows';
import { eventHeads, tellingAttempts } from './tell-attempts';

/** The table expressions of a transition: the attempt in its new state (`moved`), and the event that tells so. */
export const moving = (update: string, heads: string): string =>
  `WITH moved AS (${update} RETURNING *), told AS (${tellingAttempts('moved', heads)})`;

/**
 * One transition, one round trip: compares and sets, and tells of it.
 * @param update `UPDATE attempts … WHERE …` of one attempt at most
 * @returns the attempt in its new state; undefined when it was not in a state from which it may go there
 */
export const moveAttempt = async (
  manager: EntityManager,
  update: string,
  values: readonly unknown[],
): Promise<AttemptRow | undefined> => {
  const [row] = await manager.query<AttemptRow[]>(
    `${moving(update, `$${values.length + 1}`)} SELECT * FROM moved`,
    [...values, eventHeads(1)],
  );
  return row;
};

/** What became of a transition that others may be making at the same moment. */
export interface Move {
  /** The attempt as it was when the statement began; undefined when there is none. */
  readonly before: AttemptRow | undefined;
  readonly isMoved: boolean;
}

/** The last part of a statement that begins with `moving` and whose $1 is the attempt. */
export const selectMove = `
  SELECT before.*, EXISTS (SELECT FROM moved) AS is_moved FROM attempts AS before WHERE id = $1`;

/** Sends a statement that ends with `selectMove`. */
export const sendMove = async (
  manager: EntityManager,
  sql: string,
  values: readonly unknown[],
): Promise<Move> => {
  const [row] = await manager.query<(AttemptRow & { is_moved: boolean })[]>(sql, [...values]);
  return { before: row, isMoved: row?.is_moved ?? false };
};
