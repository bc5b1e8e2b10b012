import { type EntityManager } from 'typeorm';
import { announceAttempts } from '../attempts/announce';
import { applyStatus } from '../attempts/apply-status';
import { lockAttempt } from '../store/queries/lock-attempt';
import { noteAnsweredBy } from '../store/queries/note-answered-by';
import { isMachine } from './machine-detection';

/**
 * Keeps who answered an attempt's call. A verdict names the call, and there is none on a call that nobody answered: so it
 * also moves an attempt forward whose other messages were lost, above all one whose outcome is unknown.
 * @returns whether it was the first verdict
 */
export const noteVerdict = async (
  manager: EntityManager,
  attemptId: string,
  { callSid, answeredBy }: { callSid: string; answeredBy: string },
  checkMs: number,
): Promise<boolean> => {
  const attempt = await lockAttempt(manager, attemptId);
  if (!attempt) return false;
  const verdict = { callSid, answeredBy, isMachine: isMachine(answeredBy) };
  const row = await noteAnsweredBy(manager, attempt, verdict);
  if (!row) return false;
  if (row.state !== 'done') {
    const report = { callSid, status: 'in-progress', sequence: null, reason: null };
    await applyStatus(manager, attemptId, report, checkMs);
  } else if (row.outcome !== attempt.outcome) await announceAttempts(manager, [row]);
  return true;
};
