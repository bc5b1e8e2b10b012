import { type CallEvent, type CallEventOf } from '@frontdesk/contracts';
import { type EntityManager } from 'typeorm';
import { ensureCall } from '../store/queries/ensure-call';
import { lockCall } from '../store/queries/lock-call';
import { refreshCall } from '../store/queries/refresh-call';

/**
 * Brings one event into the call log, in the given transaction. Each event counts once (its id), in whatever order they
 * arrive: what an event says is written where its generation and seq belong, never "last one wins by arrival".
 * @returns false when the event was known, or the call's data was deleted
 */
export const projectEvent = async (
  manager: EntityManager,
  event: CallEvent,
  reconcileAfterMs: number,
): Promise<boolean> => {
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
  return true;
};

const applyToCall = async (
  manager: EntityManager,
  event: CallEvent,
  reconcileAfterMs: number,
): Promise<void> => {
  switch (event.type) {
    case 'call.incoming':
      return writeIncoming(manager, event);
    case 'call.stream-started':
      return writeStream(manager, event);
    case 'call.turn':
      return writeTurn(manager, event);
    case 'call.first-audio':
      return writeFirstAudio(manager, event);
    case 'call.ended':
      return writeEnd(manager, event, reconcileAfterMs);
    default: // kept in `events` as it came
  }
};

const writeIncoming = async (
  manager: EntityManager,
  { data }: CallEventOf<'call.incoming'>,
): Promise<void> => {
  await manager.query(
    `UPDATE calls SET direction = $2, from_number = $3, to_number = $4, attempt_id = COALESCE($5, attempt_id),
       locale = COALESCE($6, locale)
     WHERE call_sid = $1`,
    [data.callSid, data.direction, data.from, data.to, data.attemptId, data.locale ?? null],
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

/** Of several streams the first one's first audio is the one a caller waited for. */
const writeFirstAudio = async (
  manager: EntityManager,
  { data }: CallEventOf<'call.first-audio'>,
): Promise<void> => {
  const firstAudio = { generation: data.generation, latencyMs: data.latencyMs, source: data.source };
  await manager.query(
    `UPDATE calls SET figures = COALESCE(figures, '{}') || jsonb_build_object('firstAudio', $2::jsonb)
     WHERE call_sid = $1 AND COALESCE((figures->'firstAudio'->>'generation')::int, 2147483647) > $3`,
    [data.callSid, JSON.stringify(firstAudio), data.generation],
  );
};

/** The last generation knows how a call ended; an end that was only read at Twilio gives way to any. */
const writeEnd = async (
  manager: EntityManager,
  { data, at }: CallEventOf<'call.ended'>,
  reconcileAfterMs: number,
): Promise<void> => {
  await manager.query(
    `UPDATE calls SET ended_at = $2, end_reason = $3, end_generation = $4, end_seq = $5,
       figures = COALESCE(figures, '{}') || $6::jsonb,
       reconcile_attempts = 0,
       reconcile_after = CASE WHEN reconcile_after IS NULL THEN NULL ELSE now() + $7 * interval '1 millisecond' END
     WHERE call_sid = $1 AND (end_generation IS NULL OR (end_generation, end_seq) < ($4::int, $5::int))`,
    [
      data.callSid,
      at,
      data.reason,
      data.generation,
      data.seq,
      JSON.stringify({ ...data.figures, durationMs: data.durationMs }),
      reconcileAfterMs,
    ],
  );
  await refreshCall(manager, data.callSid);
};
