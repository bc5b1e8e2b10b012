import { type Call } from '@frontdesk/contracts';
import { type EntityManager } from 'typeorm';
import { type RecordingRow } from '../entities';
import { recordingsOf } from './find-call';

/** What a call is shown with, beside its own row. */
export interface OfCall {
  /** The one that `recording_url` names first. */
  recordings: RecordingRow[];
  messages: Call['messages'];
  transcribedSeconds: number;
}

interface MessageEvent {
  callSid: string;
  at: Date;
  data: Record<string, unknown>;
}

/** For a page of calls in three queries. */
export const ofCalls = async (
  manager: EntityManager,
  callSids: string[],
): Promise<(callSid: string) => OfCall> => {
  const recordings = await recordingsOf(manager, callSids);
  const events = await manager.query<MessageEvent[]>(
    `SELECT call_sid AS "callSid", at, data FROM events
     WHERE call_sid = ANY($1) AND type = 'call.message-left' ORDER BY call_sid, generation, seq`,
    [callSids],
  );
  const heard = await manager.query<{ callSid: string; seconds: number }[]>(
    `SELECT call_sid AS "callSid", sum(audio_seconds)::float8 AS seconds FROM transcripts
     WHERE call_sid = ANY($1) GROUP BY call_sid`,
    [callSids],
  );
  return (callSid) => {
    const mine = recordings.filter((recording) => recording.callSid === callSid);
    return {
      recordings: mine,
      messages: messagesOf(
        events.filter((event) => event.callSid === callSid),
        mine,
      ),
      transcribedSeconds: heard.find((row) => row.callSid === callSid)?.seconds ?? 0,
    };
  };
};

/** Messages that events tell of, and those left on the fallback, which only their recordings tell of. */
const messagesOf = (events: MessageEvent[], recordings: RecordingRow[]): Call['messages'] => {
  const told = events.map(({ at, data }) => {
    const {
      callSid: _callSid,
      generation: _generation,
      seq: _seq,
      streamMs: _ms,
      recordingSid,
      ...details
    } = data;
    return { at: at.toISOString(), recordingSid: (recordingSid ?? null) as string | null, details };
  });
  const left = recordings.filter(
    ({ kind, status, durationSeconds, recordingSid }) =>
      kind === 'message' &&
      status !== 'absent' &&
      status !== 'deleted' &&
      durationSeconds !== 0 &&
      !told.some((message) => message.recordingSid === recordingSid),
  );
  return [
    ...told,
    ...left.map(({ recordingSid, startedAt, createdAt }) => ({
      at: (startedAt ?? createdAt).toISOString(),
      recordingSid,
      details: {},
    })),
  ];
};
