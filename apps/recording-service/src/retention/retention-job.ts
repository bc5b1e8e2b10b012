import { type Logger } from '@frontdesk/observability';
import { type Database } from '@frontdesk/persistence';
import { type CallEraser } from '../deletion/delete-call';
import { recordingEvents } from '../events';
import { RETENTION_IN_FORCE } from '../store/queries/retention-days';

/** At most so many calls a round; what is left over is there in the next one. */
const BATCH = 50;
/** A call that never ended counts from its beginning, after the longest a call can last. */
const LONGEST_CALL_DAYS = 1;
/** Late events and callbacks of a deleted call come within Kafka's 7 days and Twilio's own bookkeeping of 40. */
const MARKER_DAYS = 60;

export interface RetentionJobOptions {
  database: Database;
  eraser: CallEraser;
  /** Makes sure that what profiles say is known as of now; throws when nobody can tell. */
  followProfiles: () => Promise<void>;
  logger: Logger;
}

/**
 * Deletes what a business no longer keeps, everywhere it is, as a deletion by hand does; and markers of deletions that
 * nothing can come after. Rounds of several replicas may meet the same call: the second finds it gone. What profiles say
 * is read in the same round: while it cannot be, nothing is deleted, as the days may have been made more meanwhile.
 */
export class RetentionJob {
  constructor(private readonly options: RetentionJobOptions) {}

  /** @returns how many calls were deleted */
  async runOnce(): Promise<number> {
    const { database, eraser, followProfiles, logger } = this.options;
    await followProfiles();
    const { manager } = database.dataSource;
    const due = await manager.query<{ callSid: string }[]>(
      `SELECT call_sid AS "callSid" FROM calls JOIN (${RETENTION_IN_FORCE}) AS kept USING (business_id)
       WHERE COALESCE(ended_at, started_at + interval '${LONGEST_CALL_DAYS} day') < now() - in_force_days * interval '1 day'
       ORDER BY started_at LIMIT ${BATCH}`,
    );
    for (const { callSid } of due) await eraser.erase(callSid);
    if (due.length > 0) logger.info(recordingEvents.expired, { calls: due.length });
    await manager.query(`DELETE FROM erasures WHERE done_at < now() - interval '${MARKER_DAYS} days'`);
    return due.length;
  }
}
