import { type Logger } from '@frontdesk/observability';
import { type Database } from '@frontdesk/persistence';
import { type TwilioAccounts } from '@frontdesk/telephony';
import { type EntityManager } from 'typeorm';
import { recordingEvents } from '../events';
import { type RecordingFiles } from '../files/recording-files';
import { fetchIfOver } from '../reconcile/call-at-twilio';
import { isAnyBeingFetched } from '../store/download-turns';
import { lockCall } from '../store/queries/lock-call';
import { fileStemsOf } from '../store/queries/write-recording';

export interface CallEraserOptions {
  database: Database;
  accounts: TwilioAccounts;
  files: Pick<RecordingFiles, 'remove'>;
  logger: Logger;
}

interface Erasure {
  callSid: string;
  accountSid: string | null;
  recordingSids: string[];
}

/** How many erasures that are not finished are tried again at a time. */
const BATCH = 20;
/** Recordings of one call that are looked for at Twilio. */
const LOOK_LIMIT = 1000;

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

  /**
   * Files and recordings at Twilio; safe to repeat, so that a crash in between leaves neither behind. What one place
   * refuses keeps nothing in the other.
   */
  private async eraseElsewhere(erasure: Erasure): Promise<void> {
    const { callSid, recordingSids } = erasure;
    const results = await Promise.allSettled([this.eraseFiles(erasure), this.eraseAtTwilio(erasure)]);
    try {
      for (const result of results) if (result.status === 'rejected') throw result.reason;
      await this.options.database.dataSource.manager.query(
        'UPDATE erasures SET done_at = now() WHERE call_sid = $1 AND recording_sids = $2::text[]',
        [callSid, recordingSids],
      );
    } catch (error) {
      this.options.logger.warn(recordingEvents.erasureDelayed, { callSid, error });
    }
  }

  /**
   * A replica that was about to put a recording into the shared store when its row went may die before it takes it out
   * again: such an erasure is finished once nobody has the recording's turn any more. Who takes it later finds no row, and
   * puts nothing there.
   */
  private async eraseFiles({ callSid, recordingSids }: Erasure): Promise<void> {
    const { database, files } = this.options;
    const isBeingFetched = await isAnyBeingFetched(database, recordingSids);
    for (const stem of fileStemsOf(callSid, recordingSids)) await files.remove(stem);
    if (isBeingFetched) throw new Error('a recording of the call is being fetched');
  }

  /**
   * Also the recordings that no callback told of, as Twilio lists them. A call that goes on may get further ones: such an
   * erasure is finished once the call is over.
   */
  private async eraseAtTwilio({ callSid, accountSid, recordingSids }: Erasure): Promise<void> {
    const { accounts } = this.options;
    const account = accounts.account(accountSid ?? accounts.defaultAccountSid);
    const { isOver } = await fetchIfOver(account, callSid);
    const listed = await account.listRecordings({ callSid, limit: LOOK_LIMIT });
    for (const recordingSid of new Set([...recordingSids, ...listed.map(({ sid }) => sid)]))
      await account.deleteRecording(recordingSid);
    if (!isOver) throw new Error('the call goes on, and may be recorded');
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
