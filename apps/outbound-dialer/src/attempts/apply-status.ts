import { type AttemptState, type DialOutcome } from '@frontdesk/contracts';
import { type EntityManager } from 'typeorm';
import { advanceAttempt } from '../store/queries/advance-attempt';
import { type Move } from '../store/queries/move-attempt';
import { type AttemptRow } from '../store/rows';
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
export type StatusEffect =
  'moved' | 'ended' | 'repeated' | 'unknown-status' | 'unknown-attempt' | 'second-call';

export type StatusMove =
  | { kind: 'advance'; state: AttemptState; from: readonly AttemptState[] }
  | { kind: 'end'; outcome: DialOutcome; from: readonly AttemptState[] };

const states = Object.keys(rank) as AttemptState[];
const overtakenBy = (state: AttemptState): AttemptState[] =>
  states.filter((other) => rank[other] < rank[state]);

/** Where a status takes an attempt, and from which states: only what is further along counts. */
export const moveBy = (status: string): StatusMove | undefined => {
  const outcome = finalOutcomes[status];
  if (outcome) return { kind: 'end', outcome, from: overtakenBy('done') };
  const state = livingStates[status];
  return state && { kind: 'advance', state, from: overtakenBy(state) };
};

/**
 * Moves an attempt by what Twilio says of its call, from a callback or from the REST API, in one round trip that needs no
 * transaction around it. Safe to repeat and in any order: the first final status stays, and what tells nothing new takes
 * no lock.
 * @returns what it did, and the attempt as it was before
 */
export const applyStatus = async (
  manager: EntityManager,
  attemptId: string,
  report: ReportedStatus,
  checkMs: number,
): Promise<{ effect: StatusEffect; before?: AttemptRow }> => {
  const move = moveBy(report.status);
  if (!move) return { effect: 'unknown-status' };
  const send = (): Promise<Move> =>
    move.kind === 'end'
      ? conclude(manager, { id: attemptId }, { ...report, outcome: move.outcome })
      : advanceAttempt(manager, attemptId, { ...report, ...move, checkMs });
  let { before, isMoved } = await send();
  // Moved by somebody else since the statement began: what stands now decides, and it stands for good.
  if (before && !isMoved && isOpenTo(before, report, move)) ({ before, isMoved } = await send());
  if (!before) return { effect: 'unknown-attempt' };
  if (isMoved) return { effect: move.kind === 'end' ? 'ended' : 'moved', before };
  return { effect: isOtherCall(before, report) ? 'second-call' : 'repeated', before };
};

const isOtherCall = ({ call_sid: known }: AttemptRow, { callSid }: ReportedStatus): boolean =>
  known !== null && known !== callSid;

const isOpenTo = (attempt: AttemptRow, report: ReportedStatus, { from }: StatusMove): boolean =>
  from.includes(attempt.state) && !isOtherCall(attempt, report);
