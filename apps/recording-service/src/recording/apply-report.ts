import { topics, type TranscribeRecordingJob } from '@frontdesk/contracts';
import { appendToOutbox, storable } from '@frontdesk/persistence';
import { newId, newTraceparent } from '@frontdesk/runtime';
import { type EntityManager } from 'typeorm';
import { type RecordingStatus } from '../store/entities';
import { ensureCall } from '../store/queries/ensure-call';
import { lockCall } from '../store/queries/lock-call';
import { refreshCall } from '../store/queries/refresh-call';
import { writeRecording } from '../store/queries/write-recording';
import { type RecordingReport } from './recording-report';

export interface ApplyOptions {
  localeDefault: string;
  reconcileAfterMs: number;
  traceparent?: string;
}

interface Stored {
  status: RecordingStatus;
  businessId: string | null;
  accountSid: string | null;
  locale: string | null;
}

/**
 * Writes what Twilio reported about a recording and, once it is complete, the transcription job into the outbox: one
 * transaction, so that there is never a url without its job (RE1, RE4). However often and in whatever order it is told.
 * @returns whether this report queued the transcription
 */
export const applyReport = async (
  manager: EntityManager,
  received: RecordingReport,
  options: ApplyOptions,
): Promise<boolean> => {
  const report = storable(received);
  const { callSid, recordingSid, accountSid } = report;
  if (!(await lockCall(manager, callSid))) {
    await rememberToErase(manager, report);
    return false;
  }
  await ensureCall(
    manager,
    { callSid, accountSid, businessId: null, startedBy: report.startedAt ?? new Date() },
    options.reconcileAfterMs,
  );
  await writeRecording(manager, report);
  const [stored] = await manager.query<Stored[]>(
    `SELECT recordings.status, calls.business_id AS "businessId", calls.account_sid AS "accountSid", calls.locale
     FROM recordings JOIN calls USING (call_sid) WHERE recording_sid = $1`,
    [recordingSid],
  );
  const isQueued =
    stored?.status === 'completed' && (await queueTranscription(manager, report, stored, options));
  await refreshCall(manager, callSid, options.reconcileAfterMs);
  return isQueued;
};

const queueTranscription = async (
  manager: EntityManager,
  { callSid, recordingSid }: RecordingReport,
  stored: Stored,
  options: ApplyOptions,
): Promise<boolean> => {
  const inserted = await manager.query<unknown[]>(
    `INSERT INTO transcripts (id, recording_sid, call_sid, business_id, status)
     VALUES ($1, $2, $3, $4, 'queued') ON CONFLICT (recording_sid) DO NOTHING RETURNING 1`,
    [newId(), recordingSid, callSid, stored.businessId],
  );
  if (inserted.length === 0) return false;
  await appendTranscriptionJob(manager, {
    callSid,
    recordingSid,
    businessId: stored.businessId,
    accountSid: stored.accountSid,
    locale: stored.locale ?? options.localeDefault,
    traceparent: options.traceparent,
  });
  return true;
};

/** Puts the command to transcribe a recording into the outbox of the caller's transaction. */
export const appendTranscriptionJob = async (
  manager: EntityManager,
  job: {
    callSid: string;
    recordingSid: string;
    businessId: string | null;
    accountSid: string | null;
    locale: string;
    traceparent?: string | undefined;
  },
): Promise<void> => {
  const { callSid, recordingSid, businessId, accountSid, locale } = job;
  const traceparent = newTraceparent(job.traceparent);
  const value: TranscribeRecordingJob = {
    id: newId(),
    type: 'recording.transcribe',
    v: 1,
    at: new Date().toISOString(),
    businessId,
    accountSid,
    traceparent,
    data: { callSid, recordingSid, locale },
  };
  await appendToOutbox(manager, [
    { topic: topics.recordingJobs.name, key: callSid, value, headers: { traceparent } },
  ]);
};

/** A recording of a call whose data was deleted is not kept, but it lies at Twilio and must go there too. */
const rememberToErase = async (manager: EntityManager, report: RecordingReport): Promise<void> => {
  await manager.query(
    `UPDATE erasures SET recording_sids = recording_sids || $2::text, done_at = NULL,
       account_sid = COALESCE(account_sid, $3)
     WHERE call_sid = $1 AND NOT recording_sids @> ARRAY[$2::text]`,
    [report.callSid, report.recordingSid, report.accountSid],
  );
};
