import { type AttemptState } from '@frontdesk/contracts';
import { backoffMs, type BackoffPolicy } from '@frontdesk/runtime';
import { type EntityManager } from 'typeorm';
import { pauseRunning } from '../campaigns/transitions';
import { replanAttempt } from '../store/queries/replan-attempt';
import { type AttemptRow } from '../store/rows';
import { conclude } from './conclude';

/** Until a request that placed nothing is repeated, and how often in all: none must go round for ever, unseen. */
export const askAgain: BackoffPolicy = { attempts: 10, minMs: 2000, maxMs: 60_000, multiplier: 2 };

/** Asked, and what Twilio answered is not stored yet. */
export const undecided: readonly AttemptState[] = ['asked', 'unknown'];

type Asked = Pick<AttemptRow, 'id' | 'fence' | 'refusals' | 'campaign_id'>;

/**
 * asked or unknown → planned, where Twilio took no request for now (429, no connection): for after a back-off. The last of
 * its requests pauses the campaign: an outage is no contact's fault. When the campaign goes on, they are counted anew. With
 * the attempt's row locked by the caller.
 * @returns until Twilio should be asked again, ms
 */
export const refusedForNow = async (
  manager: EntityManager,
  attempt: Asked,
  reason: string,
): Promise<number> => {
  const requests = attempt.refusals + 1;
  if (requests < askAgain.attempts) return askLater(manager, attempt, requests, reason);
  const why = `asked ${requests} times: ${reason}`;
  await replanAttempt(manager, attempt, undecided, { dueAt: new Date(), reason: why, refusals: 0 });
  await pauseRunning(manager, attempt.campaign_id, why);
  return askAgain.maxMs;
};

/**
 * asked or unknown → planned, where the request was taken, or may have been, and Twilio's list shows no call: for after a
 * back-off; → done (failed) when that was the last of its requests, so that the breaker sees it. With the attempt's row
 * locked by the caller.
 */
export const neverPlaced = async (manager: EntityManager, attempt: Asked, reason: string): Promise<void> => {
  const requests = attempt.refusals + 1;
  if (requests < askAgain.attempts) await askLater(manager, attempt, requests, reason);
  else await conclude(manager, attempt, { outcome: 'failed', reason: `asked ${requests} times: ${reason}` });
};

const askLater = async (
  manager: EntityManager,
  attempt: Asked,
  requests: number,
  reason: string,
): Promise<number> => {
  const waitMs = backoffMs(askAgain, requests);
  const dueAt = new Date(Date.now() + waitMs);
  await replanAttempt(manager, attempt, undecided, { dueAt, reason, refusals: requests });
  return waitMs;
};
