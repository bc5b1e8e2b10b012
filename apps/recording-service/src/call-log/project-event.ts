import { type CallEvent, type CallEventOf } from '@frontdesk/contracts';
import { storable } from '@frontdesk/persistence';
import { type EntityManager } from 'typeorm';
import { ensureCall } from '../store/queries/ensure-call';
import { lockCall } from '../store/queries/lock-call';
import { refreshCall } from '../store/queries/refresh-call';
import { refreshQuality } from '../store/queries/refresh-quality';
import { refreshSearch } from '../store/queries/refresh-search';
import { writeEnd, writeLaterStream } from './write-end';

/**
 * Brings one event into the call log, in the given transaction. Each event counts once (its id), in whatever order they
 * arrive: what an event says is written where its generation and seq belong, never "last one wins by arrival", and what
 * a call was like is derived from all of its events.
 * @returns false when the event was known, or the call's data was deleted
 */
export const projectEvent = async (
  manager: EntityManager,
  received: CallEvent,
  reconcileAfterMs: number,
): Promise<boolean> => {
  const event = storable(received);
  const { callSid, generation, seq } = event.data;
  if (!(await lockCall(manager, callSid))) return false;
  const isNew = await manager.query<unknown[]>(
    `INSERT INTO events (id, call_sid, business_id, type, generation, seq, at, data)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING 1`,
    [event.id, callSid, event.businessId, event.type, generation, seq, event.at, event.data],
  );
  if (isNew.length === 0) return false;
  await ensureCall(
    manager,
    { callSid, accountSid: event.accountSid, businessId: event.businessId, startedBy: new Date(event.at) },
    reconcileAfterMs,
  );
  await applyToCall(manager, event, reconcileAfterMs);
  await refreshQuality(manager, callSid);
  await refreshCall(manager, callSid, reconcileAfterMs);
  return true;
};

/** Types that are not here have nothing of their own to write: `events` holds them, and the call is derived from it. */
const applyToCall = async (
  manager: EntityManager,
  event: CallEvent,
  reconcileAfterMs: number,
): Promise<void> => {
  switch (event.type) {
    case 'call.incoming':
      return writeIncoming(manager, event);
    case 'call.stream-started':
      await writeStream(manager, event);
      return writeLaterStream(manager, event.data, reconcileAfterMs);
    case 'call.resumed':
      return writeLaterStream(manager, event.data, reconcileAfterMs);
    case 'call.turn':
      await writeTurn(manager, event);
      return refreshSearch(manager, event.data.callSid);
    case 'call.message-left':
      return refreshSearch(manager, event.data.callSid);
    case 'call.ended':
      return writeEnd(manager, event, reconcileAfterMs);
    default:
  }
};

/** The first generation knows best how the call came about. */
const writeIncoming = async (
  manager: EntityManager,
  { data }: CallEventOf<'call.incoming'>,
): Promise<void> => {
  await manager.query(
    `UPDATE calls SET direction = $2, from_number = $3, to_number = $4, attempt_id = COALESCE($5, attempt_id),
       locale = COALESCE($6, locale)
     WHERE call_sid = $1 AND NOT EXISTS (
       SELECT 1 FROM events WHERE call_sid = $1 AND type = 'call.incoming' AND (generation, seq) < ($7::int, $8::int))`,
    [
      data.callSid,
      data.direction,
      data.from,
      data.to,
      data.attemptId,
      data.locale ?? null,
      data.generation,
      data.seq,
    ],
  );
};

const writeStream = async (
  manager: EntityManager,
  { data, at, businessId }: CallEventOf<'call.stream-started'>,
): Promise<void> => {
  await manager.query(
    `INSERT INTO call_streams (call_sid, generation, stream_sid, business_id, started_at)
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
    [data.callSid, data.generation, data.streamSid, businessId, at],
  );
};

const writeTurn = async (
  manager: EntityManager,
  { data, businessId }: CallEventOf<'call.turn'>,
): Promise<void> => {
  await manager.query(
    `INSERT INTO turns (call_sid, generation, seq, business_id, speaker, item_id, said, heard, estimated, interrupted,
       started_at_ms, ended_at_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING`,
    [
      data.callSid,
      data.generation,
      data.seq,
      businessId,
      data.speaker,
      data.itemId,
      data.said,
      data.heard,
      data.estimated,
      data.interrupted,
      data.startedAtMs,
      data.endedAtMs,
    ],
  );
};
