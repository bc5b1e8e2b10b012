import { type EntityManager } from 'typeorm';
import { updated } from '../rows';

/** Calls a second from which on lateness is made up for; below, a timer's lateness is nothing beside the gap. */
const fastFrom = 20;
/** How much lateness of a worker or the database is made up for at most, seconds. */
const slackSeconds = 0.25;

export interface Pace {
  /** Between two tickets that are both on time, seconds. */
  readonly gap: number;
  /** How far behind its time a ticket may be and those after it still keep theirs, seconds. */
  readonly slack: number;
  /** So many of the latest tickets are remembered: the first of them must be a second old. 0: the gap alone bounds them. */
  readonly remembered: number;
}

/**
 * Up to 20 calls a second: the gap alone, so that two claims are never closer. Above, milliseconds of lateness at each
 * ticket would cost much of the rate: late tickets are followed at once by those that are due meanwhile, and what keeps
 * every second of the clock, wherever it begins, within the rate is that the ticket before the last `remembered` ones is
 * over a second old. The gap is made for one call a second less, so that this bound is seldom met.
 */
export const paceOf = (perSecond: number): Pace =>
  perSecond <= fastFrom
    ? { gap: 1 / perSecond, slack: 0, remembered: 0 }
    : { gap: 1 / (perSecond - 1), slack: slackSeconds, remembered: Math.floor(perSecond) };

/** Taken: when, as the database writes it. Else how long to wait. */
export type Ticket = { kind: 'taken'; at: string } | { kind: 'wait'; ms: number };

/** Of key, gap, slack and remembered. The clock is read once, when the row is ours: after the wait for whoever holds it. */
const take = `
  INSERT INTO pacing AS pace (key, taken, next_at)
    SELECT $1, ARRAY[at], at + $2 * interval '1 second' FROM (SELECT clock_timestamp() AS at) AS clock
  ON CONFLICT (key) DO UPDATE SET (taken, next_at) = (
    SELECT latest, greatest(
      pace.next_at + $2 * interval '1 second',
      at + ($2::float8 - $3::float8) * interval '1 second',
      CASE WHEN $4::int > 0 AND cardinality(latest) >= $4::int THEN latest[1] + interval '1 second' END)
    FROM (SELECT at, (pace.taken || at)[greatest(1, cardinality(pace.taken) + 2 - greatest(1, $4::int)):] AS latest
      FROM (SELECT clock_timestamp() AS at OFFSET 0) AS clock) AS now)
    WHERE pace.next_at <= clock_timestamp()
  RETURNING taken[cardinality(taken)] AS at`;

/**
 * Takes the right to place one call now, at most `perSecond` for the key over all workers. Belongs to the transaction: a
 * rollback gives it back. Whoever wants the next one waits for its end: take it last.
 * @param attemptId is stamped with it
 */
export const takeTicket = async (
  manager: EntityManager,
  key: string,
  perSecond: number,
  attemptId?: string,
): Promise<Ticket> => {
  const { gap, slack, remembered } = paceOf(perSecond);
  const values = [key, gap, slack, remembered];
  const [taken] = await (attemptId === undefined
    ? manager.query<{ at: string }[]>(`WITH ticket AS (${take}) SELECT at::text FROM ticket`, values)
    : updated<{ at: string }>(
        manager,
        `WITH ticket AS (${take})
         UPDATE attempts SET claimed_at = ticket.at FROM ticket WHERE id = $5 RETURNING claimed_at::text AS at`,
        [...values, attemptId],
      ));
  if (taken) return { kind: 'taken', at: taken.at };
  const [row] = await manager.query<{ wait_ms: number }[]>(
    `SELECT ceil(extract(epoch FROM next_at - clock_timestamp()) * 1000)::int AS wait_ms FROM pacing WHERE key = $1`,
    [key],
  );
  return { kind: 'wait', ms: Math.max(1, row?.wait_ms ?? 1) };
};

/**
 * When to try for a ticket of a key with many: each who asks gets the next turn, so that of all workers' jobs one comes
 * when a ticket is due rather than all at once, each in a transaction in vain. Only a ticket gives a right.
 * @returns milliseconds from now; 0 for a slow key, whose next ticket is told to whoever tries
 */
export const takeTurn = async (manager: EntityManager, key: string, perSecond: number): Promise<number> => {
  const { gap, slack, remembered } = paceOf(perSecond);
  if (remembered === 0) return 0;
  const [row] = await manager.query<{ wait_ms: number }[]>(
    `INSERT INTO pacing AS turn (key, next_at) VALUES ('turn:' || $1, clock_timestamp())
     ON CONFLICT (key) DO UPDATE SET next_at = greatest(
       turn.next_at + $2 * interval '1 second',
       clock_timestamp() - $3 * interval '1 second',
       (SELECT next_at FROM pacing WHERE key = $1))
     RETURNING (extract(epoch FROM next_at - clock_timestamp()) * 1000)::float8 AS wait_ms`,
    [key, gap, slack],
  );
  return Math.max(0, row?.wait_ms ?? 0);
};

/** Nobody takes a ticket of the key for so long: Twilio said 429. */
export const holdTickets = async (manager: EntityManager, key: string, ms: number): Promise<void> => {
  await manager.query(
    `INSERT INTO pacing AS pace (key, next_at) VALUES ($1, clock_timestamp() + $2 * interval '1 millisecond')
     ON CONFLICT (key) DO UPDATE SET next_at = greatest(pace.next_at, excluded.next_at)`,
    [key, ms],
  );
};
