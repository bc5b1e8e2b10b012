import { type EntityManager } from 'typeorm';

/** Calls a second from which on tickets may be made up for; below, a timer's lateness is nothing beside the gap. */
const fastFrom = 20;

/**
 * Gap between tickets and how late one may be made up for, in seconds. Up to 20 calls a second: the gap alone, so that two
 * claims are never closer. Above, milliseconds of lateness would cost much of the rate: a ticket may follow early when the
 * one before was late by up to one gap; the gaps are made for two calls a second less, so that no second of the clock,
 * wherever it begins, holds more tickets than the rate (at most (1 s + gap) / gap + 1 of them).
 */
export const gapOf = (perSecond: number): { gap: number; slack: number } => {
  if (perSecond <= fastFrom) return { gap: 1 / perSecond, slack: 0 };
  const gap = 1 / (perSecond - 2);
  return { gap, slack: gap };
};

/** Taken: when, as the database writes it. Else how long to wait. */
export type Ticket = { kind: 'taken'; at: string } | { kind: 'wait'; ms: number };

/**
 * Takes the right to place one call now, at most `perSecond` for the key over all workers. Belongs to the transaction: a
 * rollback gives it back.
 */
export const takeTicket = async (manager: EntityManager, key: string, perSecond: number): Promise<Ticket> => {
  const { gap, slack } = gapOf(perSecond);
  const [taken] = await manager.query<{ at: string }[]>(
    `INSERT INTO pacing AS pace (key, next_at) VALUES ($1, clock_timestamp() + $2 * interval '1 second')
     ON CONFLICT (key) DO UPDATE SET next_at = greatest(pace.next_at, clock_timestamp()) + $2 * interval '1 second'
       WHERE pace.next_at - $3 * interval '1 second' <= clock_timestamp()
     RETURNING least(clock_timestamp(), next_at - $2 * interval '1 second')::text AS at`,
    [key, gap, slack],
  );
  if (taken) return { kind: 'taken', at: taken.at };
  const [row] = await manager.query<{ wait_ms: number }[]>(
    `SELECT ceil(extract(epoch FROM next_at - $2 * interval '1 second' - clock_timestamp()) * 1000)::int AS wait_ms
     FROM pacing WHERE key = $1`,
    [key, slack],
  );
  return { kind: 'wait', ms: Math.max(1, row?.wait_ms ?? 1) };
};

/** Nobody takes a ticket of the key for so long: Twilio said 429. */
export const holdTickets = async (manager: EntityManager, key: string, ms: number): Promise<void> => {
  await manager.query(
    `INSERT INTO pacing AS pace (key, next_at) VALUES ($1, clock_timestamp() + $2 * interval '1 millisecond')
     ON CONFLICT (key) DO UPDATE SET next_at = greatest(pace.next_at, excluded.next_at)`,
    [key, ms],
  );
};
