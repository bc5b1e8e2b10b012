import { type DialOutcome } from '@frontdesk/contracts';
import { type EntityManager } from 'typeorm';
import { machineVerdicts } from '../machines/machine-detection';
import { finishAttempt } from '../store/queries/finish-attempt';
import { type Move } from '../store/queries/move-attempt';
import { type AttemptRow } from '../store/rows';

/** Outcomes after which the contact may be called again (OU1). */
const worthRetrying: readonly DialOutcome[] = ['busy', 'no-answer'];

export interface Ending {
  outcome: DialOutcome;
  reason: string | null;
  callSid?: string | null;
  sequence?: number | null;
}

/**
 * Ends an attempt and, in the same statement, plans the contact's next one or ends the contact with it. A call that a
 * machine is known to have answered ends as one of a machine.
 */
export const conclude = (
  manager: EntityManager,
  { id }: Pick<AttemptRow, 'id'>,
  { outcome, reason, callSid = null, sequence = null }: Ending,
): Promise<Move> =>
  finishAttempt(manager, id, {
    outcome,
    ofMachine: { outcome: outcome === 'answered' ? 'machine' : outcome, pattern: machineVerdicts },
    isRetried: worthRetrying.includes(outcome),
    reason,
    callSid,
    sequence,
  });
