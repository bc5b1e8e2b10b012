import { type AttemptState, type DialOutcome } from '@frontdesk/contracts';
import { type EntityManager } from 'typeorm';
import { advanceAttempt } from '../store/queries/advance-attempt';
import { type AttemptRow } from '../store/rows';
import { isMachine } from '../machines/machine-detection';
import { announceAttempts } from './announce';
import { conclude } from './conclude';

/** Where a state stands on the only way there is: forward. Nothing Twilio says brings an attempt back (OU9). */
const rank: Record<AttemptState, number> = {
  planned: 0,
  published: 0,
  claimed: 0,
  asked: 0,
  unknown: 0,
  accepted: 1,
  ringing: 2,
  'in-progress': 3,
  done: 4,
};

/** Twilio's words for a living call; callbacks say `initiated` where the REST API says `queued`. */
const livingStates: Readonly<Record<string, AttemptState>> = {
  queued: 'accepted',
  initiated: 'accepted',
  ringing: 'ringing',
  'in-progress': 'in-progress',
  answered: 'in-progress',
};
const finalOutcomes: Readonly<Record<string, DialOutcome>> = {
  completed: 'answered',
  busy: 'busy',
  'no-answer': 'no-answer',
  failed: 'failed',
  canceled: 'canceled',
};

export interface ReportedStatus {
  callSid: string;
  status: string;
  /** SequenceNumber of a callback, kept for people who look into it; null when the REST API was asked. */
  sequence: number | null;
  reason: string | null;
}
export type StatusEffect = 'moved' | 'ended' | 'repeated' | 'unknown-status' | 'second-call';

/**
 * Whether a status of this very call is known already, or overtaken. What is true of an unlocked row stays true, for a
 * call's state only moves forward: no lock is taken for such a callback, which one of four is.
 */
export const isKnown = (
  attempt: Pick<AttemptRow, 'state' | 'call_sid'>,
  { callSid, status }: Pick<ReportedStatus, 'callSid' | 'status'>,
): boolean => {
  const state = livingStates[status];
  return state !== undefined && attempt.call_sid === callSid && rank[state] <= rank[attempt.state];
};

/**
 * Moves an attempt by what Twilio says of its call, from a callback or from the REST API. The caller holds the row's lock.
 * Safe to repeat and in any order: only what is further along counts, and the first final status stays.
 */
export const applyStatus = async (
  manager: EntityManager,
  attempt: AttemptRow,
  report: ReportedStatus,
  checkMs: number,
): Promise<StatusEffect> => {
  if (attempt.call_sid !== null && attempt.call_sid !== report.callSid) return 'second-call';
  if (attempt.state === 'done') return 'repeated';
  const outcome = finalOutcomes[report.status];
  if (outcome) {
    const isRecorded = outcome === 'answered' && isMachine(attempt.answered_by);
    await conclude(manager, attempt, { ...report, outcome: isRecorded ? 'machine' : outcome });
    return 'ended';
  }
  const state = livingStates[report.status];
  if (!state) return 'unknown-status';
  if (rank[state] <= rank[attempt.state]) return 'repeated';
  const moved = await advanceAttempt(manager, attempt.id, { state, checkMs, ...report });
  await announceAttempts(manager, moved);
  return 'moved';
};
