import { backoffMs, type BackoffPolicy } from '@frontdesk/runtime';
import { type EntityManager } from 'typeorm';
import { replanAttempt } from '../store/queries/replan-attempt';
import { type AttemptRow } from '../store/rows';
import { conclude } from './conclude';

/**
 * Until a request that placed nothing is repeated, and how often in all: an attempt that Twilio never takes must not go
 * round for ever, unseen by the breaker.
 */
export const askAgain: BackoffPolicy = { attempts: 10, minMs: 2000, maxMs: 60_000, multiplier: 2 };

/**
 * asked or unknown → planned, for after a back-off; → done (failed) when that was the last of its requests. Only where it
 * is certain that none placed a call, and with the attempt's row locked by the caller.
 * @returns how long it waits, ms; undefined when it ended
 */
export const notPlaced = async (
  manager: EntityManager,
  attempt: Pick<AttemptRow, 'id' | 'fence' | 'refusals'>,
  reason: string,
): Promise<number | undefined> => {
  const requests = attempt.refusals + 1;
  if (requests >= askAgain.attempts) {
    await conclude(manager, attempt, { outcome: 'failed', reason: `asked ${requests} times: ${reason}` });
    return undefined;
  }
  const waitMs = backoffMs(askAgain, requests);
  const dueAt = new Date(Date.now() + waitMs);
  await replanAttempt(manager, attempt, ['asked', 'unknown'], { dueAt, reason, isRefusal: true });
  return waitMs;
};
