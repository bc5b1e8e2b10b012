import { type EntityManager } from 'typeorm';

/**
 * Takes the right to place one call now, at most `perSecond` for the key over all workers. Belongs to the transaction: a
 * rollback gives it back.
 * @returns milliseconds to wait; 0 when it was taken
 */
export const takeTicket = async (manager: EntityManager, key: string, perSecond: number): Promise<number> => {
  const taken = await manager.query<unknown[]>(
    `INSERT INTO pacing AS pace (key, next_at) VALUES ($1, clock_timestamp() + $2 * interval '1 second')
     ON CONFLICT (key) DO UPDATE SET next_at = excluded.next_at WHERE pace.next_at <= clock_timestamp()
     RETURNING 1`,
    [key, 1 / perSecond],
  );
  if (taken.length > 0) return 0;
  const [row] = await manager.query<{ wait_ms: number }[]>(
    `SELECT ceil(extract(epoch FROM next_at - clock_timestamp()) * 1000)::int AS wait_ms FROM pacing WHERE key = $1`,
    [key],
  );
  return Math.max(1, row?.wait_ms ?? 1);
};

/** Nobody takes a ticket of the key for so long: Twilio said 429. */
export const holdTickets = async (manager: EntityManager, key: string, ms: number): Promise<void> => {
  await manager.query(
    `INSERT INTO pacing AS pace (key, next_at) VALUES ($1, clock_timestamp() + $2 * interval '1 millisecond')
     ON CONFLICT (key) DO UPDATE SET next_at = greatest(pace.next_at, excluded.next_at)`,
    [key, ms],
  );
};
