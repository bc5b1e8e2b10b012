import { type EntityManager } from 'typeorm';
import { type RecordingReport } from '../../recording/recording-report';
import { type RecordingStatus } from '../entities';

/** A recording's status only moves forward. */
const rank: Record<RecordingStatus, number> = {
  'in-progress': 0,
  processing: 1,
  completed: 2,
  absent: 2,
  deleted: 3,
};

const rankOf = (column: string): string =>
  `CASE ${column} ${Object.entries(rank)
    .map(([status, place]) => `WHEN '${status}' THEN ${place}`)
    .join(' ')} END`;

const statement = `
  INSERT INTO recordings (recording_sid, call_sid, account_sid, business_id, kind, status, url, duration_seconds,
    channels, started_at, error_code, file_stem)
  SELECT $1, $2, $3, business_id, $4, $5, $6, $7, $8, $9, $10, $11 FROM calls WHERE call_sid = $2
  ON CONFLICT (recording_sid) DO UPDATE SET
    status = CASE WHEN ${rankOf('excluded.status')} > ${rankOf('recordings.status')}
      THEN excluded.status ELSE recordings.status END,
    kind = CASE WHEN $12::boolean THEN excluded.kind ELSE recordings.kind END,
    url = COALESCE(excluded.url, recordings.url),
    duration_seconds = COALESCE(excluded.duration_seconds, recordings.duration_seconds),
    channels = COALESCE(excluded.channels, recordings.channels),
    started_at = COALESCE(excluded.started_at, recordings.started_at),
    error_code = COALESCE(excluded.error_code, recordings.error_code),
    account_sid = COALESCE(recordings.account_sid, excluded.account_sid),
    business_id = COALESCE(recordings.business_id, excluded.business_id),
    updated_at = now()`;

/** Adds what a report says to the recording's row; the call is locked and has its row. */
export const writeRecording = async (manager: EntityManager, report: RecordingReport): Promise<void> => {
  const kind = report.kind ?? 'conversation';
  await manager.query(statement, [
    report.recordingSid,
    report.callSid,
    report.accountSid,
    kind,
    report.status,
    report.url,
    report.durationSeconds,
    report.channels,
    report.startedAt,
    report.errorCode,
    await fileStemOf(manager, report, kind === 'conversation'),
    report.kind !== null,
  ]);
};

/** `<call SID>` for the first conversation of a call, `<call SID>.<RE SID>` for all others (RE2). */
const fileStemOf = async (
  manager: EntityManager,
  { callSid, recordingSid }: RecordingReport,
  isConversation: boolean,
): Promise<string> => {
  const taken = await manager.query<unknown[]>('SELECT 1 FROM recordings WHERE file_stem = $1', [callSid]);
  return isConversation && taken.length === 0 ? callSid : stemOfFurther(callSid, recordingSid);
};

const stemOfFurther = (callSid: string, recordingSid: string): string => `${callSid}.${recordingSid}`;

/** Every name that files of these recordings may have, also once their rows are gone. */
export const fileStemsOf = (callSid: string, recordingSids: readonly string[]): string[] => [
  callSid,
  ...recordingSids.map((recordingSid) => stemOfFurther(callSid, recordingSid)),
];
