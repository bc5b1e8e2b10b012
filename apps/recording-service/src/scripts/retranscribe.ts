import { recordingSidSchema } from '@frontdesk/contracts';
import { type EntityManager } from 'typeorm';
import { appendTranscriptionJob } from '../recording/apply-report';
import { lockCall } from '../store/queries/lock-call';
import { say, sidsOf, withParts } from './script-context';

interface Chosen {
  recordingSid: string;
  callSid: string;
  businessId: string | null;
  accountSid: string | null;
  locale: string | null;
}

/** `failed`: all that failed, with the answers they had. Recordings by SID: anew, so that another model can be heard. */
export const retranscribe = (words: readonly string[]): Promise<void> => {
  const isFailed = words.length === 1 && words[0] === 'failed';
  const sids = isFailed ? null : sidsOf(recordingSidSchema, words);
  if (sids?.length === 0) throw new Error('retranscribe needs `failed`, or recording SIDs');
  return withParts(async ({ config, parts: { database } }) => {
    const chosen = await database.dataSource.manager.query<Chosen[]>(
      `SELECT recording_sid AS "recordingSid", call_sid AS "callSid", calls.business_id AS "businessId",
         calls.account_sid AS "accountSid", locale
       FROM transcripts JOIN calls USING (call_sid)
       WHERE CASE WHEN $1::text[] IS NULL THEN status = 'failed' ELSE recording_sid = ANY($1) END`,
      [sids],
    );
    let count = 0;
    for (const row of chosen)
      await database.transaction(async (manager) => {
        if (!(await lockCall(manager, row.callSid)) || !(await reset(manager, row.recordingSid, !isFailed)))
          return;
        await appendTranscriptionJob(manager, { ...row, locale: row.locale ?? config.localeDefault });
        count += 1;
      });
    say(`${count} transcriptions were given out again`);
  });
};

/** One that is being worked on stays as it is. */
const reset = async (manager: EntityManager, recordingSid: string, isAnew: boolean): Promise<boolean> => {
  const [, count] = await manager.query<[unknown, number]>(
    `UPDATE transcripts SET status = 'queued', error = NULL, attempts = 0,
       next_try_at = now() + interval '10 minutes', updated_at = now(),
       answers = CASE WHEN $2 THEN '{}' ELSE answers END
     WHERE recording_sid = $1 AND (status <> 'running' OR claimed_until < now())`,
    [recordingSid, isAnew],
  );
  return count > 0;
};
