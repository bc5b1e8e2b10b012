import { type Logger } from '@frontdesk/observability';
import { type Database } from '@frontdesk/persistence';
import { type TwilioAccounts } from '@frontdesk/telephony';
import { type EntityManager } from 'typeorm';
import { recordingEvents } from '../events';
import { type RecordingFiles } from '../files/recording-files';
import { lockCall } from '../store/queries/lock-call';
import { fileStemsOf } from '../store/queries/write-recording';

export interface CallEraserOptions {
  database: Database;
  accounts: TwilioAccounts;
  files: RecordingFiles;
  logger: Logger;
}

interface Erasure {
  callSid: string;
  accountSid: string | null;
  recordingSids: string[];
}

/** How many erasures that Twilio did not confirm are tried again at a time. */
const BATCH = 20;

/**
 * Deletes the data of a call everywhere it is: rows, messages on their way out, files, recordings at Twilio (RE5). Rows go
 * at once, in one transaction that also leaves a marker against late events; what lies elsewhere follows, and is tried
 * again by {@link retryPending} until it is gone. What is already in Kafka goes with the topic's retention.
 */
export class CallEraser {
  constructor(private readonly options: CallEraserOptions) {}

  async erase(callSid: string): Promise<void> {
    const { database, logger } = this.options;
    const removed = await database.transaction((manager) => eraseRows(manager, callSid));
    if (!removed) return;
    await this.eraseElsewhere(removed);
    logger.info(recordingEvents.deleted, { callSid, recordings: removed.recordingSids.length });
  }

  /** Called by the reconciler. Whichever come up, so that some that never succeed do not keep the others waiting. */
  async retryPending(): Promise<void> {
    const pending = await this.options.database.dataSource.manager.query<Erasure[]>(
      `SELECT call_sid AS "callSid", account_sid AS "accountSid", recording_sids AS "recordingSids"
       FROM erasures WHERE done_at IS NULL ORDER BY random() LIMIT ${BATCH}`,
    );
    for (const erasure of pending) await this.eraseElsewhere(erasure);
  }

  /** Files here and recordings at Twilio; safe to repeat, so that a crash in between leaves neither behind. */
  private async eraseElsewhere({ callSid, accountSid, recordingSids }: Erasure): Promise<void> {
    const { accounts, database, files, logger } = this.options;
    try {
      for (const stem of fileStemsOf(callSid, recordingSids)) await files.remove(stem);
      const account = accounts.account(accountSid ?? accounts.defaultAccountSid);
      for (const recordingSid of recordingSids) await account.deleteRecording(recordingSid);
      await database.dataSource.manager.query(
        'UPDATE erasures SET done_at = now() WHERE call_sid = $1 AND recording_sids = $2::text[]',
        [callSid, recordingSids],
      );
    } catch (error) {
      logger.warn(recordingEvents.erasureDelayed, { callSid, error });
    }
  }
}

/** @returns null when there is no such call (any more) */
const eraseRows = async (manager: EntityManager, callSid: string): Promise<Erasure | null> => {
  if (!(await lockCall(manager, callSid))) return null;
  const [call] = await manager.query<{ accountSid: string | null }[]>(
    'SELECT account_sid AS "accountSid" FROM calls WHERE call_sid = $1',
    [callSid],
  );
  if (!call) return null;
  const recordings = await manager.query<{ recordingSid: string }[]>(
    'SELECT recording_sid AS "recordingSid" FROM recordings WHERE call_sid = $1',
    [callSid],
  );
  const recordingSids = recordings.map(({ recordingSid }) => recordingSid);
  await manager.query('INSERT INTO erasures (call_sid, account_sid, recording_sids) VALUES ($1, $2, $3)', [
    callSid,
    call.accountSid,
    recordingSids,
  ]);
  await manager.query('DELETE FROM outbox WHERE key = $1', [callSid]);
  await manager.query('DELETE FROM events WHERE call_sid = $1', [callSid]);
  // Streams, turns, recordings, their starts and transcripts go with the call.
  await manager.query('DELETE FROM calls WHERE call_sid = $1', [callSid]);
  return { callSid, accountSid: call.accountSid, recordingSids };
};
