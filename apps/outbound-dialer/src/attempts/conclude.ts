import { type DialOutcome } from '@frontdesk/contracts';
import { type EntityManager } from 'typeorm';
import { finishAttempt } from '../store/queries/finish-attempt';
import { finishContact } from '../store/queries/finish-contact';
import { planRetry } from '../store/queries/plan-retry';
import { type AttemptRow } from '../store/rows';
import { announceAttempts } from './announce';

/** Outcomes after which the contact may be called again (OU1). */
const worthRetrying: readonly DialOutcome[] = ['busy', 'no-answer'];

export interface Ending {
  outcome: DialOutcome;
  reason: string | null;
  callSid?: string | null;
  sequence?: number | null;
}

/** Ends an attempt and, in the same transaction, plans the contact's next one or ends the contact with it. */
export const conclude = async (
  manager: EntityManager,
  attempt: Pick<AttemptRow, 'id'>,
  ending: Ending,
): Promise<AttemptRow | undefined> => {
  const [done] = await finishAttempt(manager, attempt.id, ending);
  if (!done) return undefined;
  const isRetried = worthRetrying.includes(ending.outcome) && (await planRetry(manager, done));
  if (!isRetried) await finishContact(manager, done.contact_id, ending.outcome);
  await announceAttempts(manager, [done]);
  return done;
};
