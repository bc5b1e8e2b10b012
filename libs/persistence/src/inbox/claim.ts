import { type EntityManager } from 'typeorm';

/**
 * Marks an event as handled by a consumer, in the transaction of what the handler does.
 * A second transaction that claims the same event waits for the first: it gets false if that commits, true if not.
 * @returns false when the event was handled before
 */
export const claimInbox = async (
  manager: EntityManager,
  consumer: string,
  eventId: string,
): Promise<boolean> => {
  const rows = await manager.query<unknown[]>(
    'INSERT INTO inbox (consumer, event_id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1',
    [consumer, eventId],
  );
  return rows.length > 0;
};

/**
 * Forgets events older than Kafka keeps them: they cannot be delivered again.
 * @returns how many were forgotten
 */
export const pruneInbox = async (manager: EntityManager, olderThanMs: number): Promise<number> => {
  const [, count] = await manager.query<[unknown, number]>(
    `DELETE FROM inbox WHERE seen_at < now() - $1 * interval '1 millisecond'`,
    [olderThanMs],
  );
  return count;
};
