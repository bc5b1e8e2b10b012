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
 */
export const appendToOutbox = async (
  manager: EntityManager,
  messages: readonly OutboxMessage[],
): Promise<void> => {
  if (messages.length === 0) return;
  // One statement whatever their number: rows arrive in the order of the array.
  await manager.query(
    `INSERT INTO outbox (topic, key, value, headers)
     SELECT row->>'topic', row->>'key', row->'value', row->'headers'
     FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS rows(row, place)
     ORDER BY place`,
    [JSON.stringify(messages.map((message) => ({ ...message, headers: message.headers ?? {} })))],
  );
  await manager.query(`SELECT pg_notify('outbox_' || current_schema(), '')`);
};
