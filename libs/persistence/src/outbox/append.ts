import { type EntityManager } from 'typeorm';

/** One message on its way to Kafka; `value` is an event envelope. The same shape as messaging's. */
export interface OutboxMessage {
  topic: string;
  key: string;
  value: object;
  headers?: Record<string, string>;
}

/** The channel a schema's relays listen on. */
export const outboxChannel = (schema: string): string => `outbox_${schema}`;

/**
 * Writes messages in the caller's transaction, so that they leave if and only if it commits; NOTIFY wakes the relay at
 * the commit. Messages of one key keep their order when their transactions follow one another (which a lock on the row
 * that they are about makes sure of).
 * @param options.wake false: they leave with whatever wakes the relay next, within a second at the latest. Commits that
 *   NOTIFY wait for each other over the whole server, so not for what is written hundreds of times a second
 */
export const appendToOutbox = async (
  manager: EntityManager,
  messages: readonly OutboxMessage[],
  { wake = true }: { wake?: boolean } = {},
): Promise<void> => {
  if (messages.length === 0) return;
  // One statement whatever their number: rows arrive in the order of the array.
  await manager.query(
    `WITH added AS (
       INSERT INTO outbox (topic, key, value, headers)
       SELECT row->>'topic', row->>'key', row->'value', row->'headers'
       FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS rows(row, place)
       ORDER BY place)
     SELECT CASE WHEN $2 THEN pg_notify('outbox_' || current_schema(), '') END`,
    [JSON.stringify(messages.map((message) => ({ ...message, headers: message.headers ?? {} }))), wake],
  );
};
