import { type Database } from '@frontdesk/persistence';
import { lockCall } from '../store/queries/lock-call';
import { refreshCall } from '../store/queries/refresh-call';
import { refreshSearch } from '../store/queries/refresh-search';

/** Calls a round. */
const BATCH = 200;
/** Once none are left the log is not searched for them in each round. */
const REST_MS = 60 * 60_000;

/**
 * Derives outcome and words of the calls that a release wrote which did not know them yet. A call that is refreshed has
 * both from then on, words even if none were said, and is not taken again. Replicas may do the same call: with the same
 * result.
 * @returns a round of it, which says how many calls there were; it rests for an hour after a round that left none over
 */
export const oldCallsRefresh = (
  database: Database,
  reconcileAfterMs: number,
  now: () => number = () => performance.now(),
): (() => Promise<number>) => {
  let restsUntil = -Infinity;
  return async () => {
    if (now() < restsUntil) return 0;
    const calls = await database.dataSource.manager.query<{ callSid: string }[]>(
      `SELECT call_sid AS "callSid" FROM calls WHERE search IS NULL OR outcome IS NULL LIMIT ${BATCH}`,
    );
    for (const { callSid } of calls)
      await database.transaction(async (manager) => {
        if (!(await lockCall(manager, callSid))) return;
        await refreshCall(manager, callSid, reconcileAfterMs);
        await refreshSearch(manager, callSid);
      });
    if (calls.length < BATCH) restsUntil = now() + REST_MS;
    return calls.length;
  };
};
