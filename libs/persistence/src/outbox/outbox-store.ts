import { type Database } from '../database';
import { outboxChannel, type OutboxMessage } from './append';
import { listenToChannel } from './channel-listener';

interface OutboxRow extends Required<OutboxMessage> {
  id: string;
}

/**
 * The outbox as the relay sees it. One relay of a schema publishes at a time, decided by an advisory lock of the
 * transaction, rather than several with SKIP LOCKED: two replicas that each took some rows of one key could publish
 * them in the wrong order, and one relay publishes whole batches faster than a service can write them.
 * A row is deleted in the transaction in which it was published, so a crash between publishing and committing sends
 * it again: consumers deduplicate.
 */
export class PostgresOutboxStore {
  constructor(private readonly database: Database) {}

  /**
   * Publishes up to `limit` rows, oldest first, and removes them; when `publish` throws all of them stay.
   * @returns how many went; 0 also while another replica's relay is at work
   */
  takeBatch(limit: number, publish: (rows: OutboxMessage[]) => Promise<void>): Promise<number> {
    return this.database.transaction(async (manager) => {
      const [lock] = await manager.query<{ taken: boolean }[]>(
        `SELECT pg_try_advisory_xact_lock(hashtext('frontdesk-outbox:' || current_schema())) AS taken`,
      );
      if (!lock?.taken) return 0;
      const rows = await manager.query<OutboxRow[]>(
        'SELECT id, topic, key, value, headers FROM outbox ORDER BY id LIMIT $1',
        [limit],
      );
      if (rows.length === 0) return 0;
      await publish(rows.map(({ topic, key, value, headers }) => ({ topic, key, value, headers })));
      await manager.query('DELETE FROM outbox WHERE id = ANY($1::bigint[])', [rows.map(({ id }) => id)]);
      return rows.length;
    });
  }

  /**
   * Calls `onWake` at each commit that wrote to the outbox, and once after each (re)connection, as notifications sent
   * while not listening are lost.
   */
  listen(onWake: () => void): Promise<AsyncDisposable> {
    const { url, schema, logger } = this.database;
    return listenToChannel({ url, channel: outboxChannel(schema), logger, onWake });
  }
}
