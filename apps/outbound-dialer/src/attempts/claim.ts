import { type EntityManager, QueryFailedError } from 'typeorm';
import { type Database } from '@frontdesk/persistence';
import { pauseRunning } from '../campaigns/transitions';
import { mayDial } from '../compliance/may-dial';
import { claimAttempt } from '../store/queries/claim-attempt';
import { lockNumberOf } from '../store/queries/contact-facts';
import { lockJob, type JobRow } from '../store/queries/lock-job';
import { replanAttempt } from '../store/queries/replan-attempt';
import { takeTicket } from '../store/queries/take-ticket';
import { type AttemptRow, type CampaignRow } from '../store/rows';
import { conclude } from './conclude';

export type Claim =
  /** Ours: ask Twilio next. */
  | { kind: 'claimed'; attempt: AttemptRow; campaign: CampaignRow }
  /** The rate of the account or the campaign (`key`) allows it later; still published. */
  | { kind: 'wait'; key: string; ms: number }
  /** Nothing to do: done, put off, or somebody else's. */
  | { kind: 'settled'; reason: string };

const settled = (reason: string): Claim => ({ kind: 'settled', reason });

/** Thrown to give the tickets of a transaction back. */
class NotYet extends Error {
  constructor(
    readonly key: string,
    readonly ms: number,
  ) {
    super('not yet');
  }
}

export interface ClaimOptions {
  leaseMs: number;
  accountCallsPerSecond: number;
}

const campaignKey = 'campaign:';
export const accountKey = (accountSid: string): string => `account:${accountSid}`;
/** A job that waits longer for its own campaign's rate goes back to the backlog: behind it wait the jobs of others (OU7). */
const maxCampaignWaitMs = 250;
const UNIQUE_VIOLATION = '23505';
/** After how long a pair of numbers is looked at again while another attempt of it is undecided. */
const pairRetryMs = 5000;

/** Decides a job on fresh rows: may the contact still be called, does the campaign run, does the rate allow it? */
export const claim = async (database: Database, attemptId: string, options: ClaimOptions): Promise<Claim> => {
  try {
    return await database.transaction((manager) => tryClaim(manager, attemptId, options));
  } catch (error) {
    if (error instanceof NotYet) {
      const { key, ms } = error;
      if (!key.startsWith(campaignKey) || ms <= maxCampaignWaitMs) return { kind: 'wait', key, ms };
      const reason = "the campaign's rate allows it later";
      return database.transaction((manager) => putOff(manager, attemptId, ms, reason));
    }
    const { driverError } = error as QueryFailedError & { driverError?: { code?: string } };
    if (!(error instanceof QueryFailedError) || driverError?.code !== UNIQUE_VIOLATION) throw error;
    const reason = 'another call between these numbers is undecided';
    return database.transaction((manager) => putOff(manager, attemptId, pairRetryMs, reason));
  }
};

const tryClaim = async (manager: EntityManager, attemptId: string, options: ClaimOptions): Promise<Claim> => {
  await lockNumberOf(manager, attemptId);
  const job = await lockJob(manager, attemptId);
  if (job?.state !== 'published') return settled(`the attempt is ${job?.state ?? 'unknown here'}`);
  const objection = await objectionTo(manager, job);
  if (objection !== null) return settled(objection);
  const attempt = await claimAttempt(manager, attemptId, options.leaseMs);
  if (!attempt) return settled('claimed by another');
  const { accountCallsPerSecond } = options;
  const campaignRate = job.campaign.calls_per_second;
  if (campaignRate < accountCallsPerSecond)
    await take(manager, `${campaignKey}${job.campaign_id}`, campaignRate);
  // Last, for all claims wait for its row.
  await take(manager, accountKey(job.account_sid), accountCallsPerSecond, attempt.id);
  return { kind: 'claimed', attempt, campaign: job.campaign };
};

/** Throws NotYet. */
const take = async (...[manager, key, ...more]: Parameters<typeof takeTicket>): Promise<void> => {
  const ticket = await takeTicket(manager, key, ...more);
  if (ticket.kind === 'wait') throw new NotYet(key, ticket.ms);
};

/** Checks again, right before the dial, what may have changed since the attempt was admitted; puts it off or ends it. */
const objectionTo = async (manager: EntityManager, job: JobRow): Promise<string | null> => {
  if (job.campaign.state === 'paused') {
    const reason = 'the campaign is paused';
    await replanAttempt(manager, job, ['published'], { dueAt: new Date(), reason });
    return reason;
  }
  if (job.campaign.state !== 'running') {
    const reason = `the campaign is ${job.campaign.state}`;
    await conclude(manager, job, { outcome: 'canceled', reason });
    return reason;
  }
  const verdict = mayDial(job, job.campaign, new Date());
  if (verdict.kind === 'dial') return null;
  const { reason } = verdict;
  if (verdict.kind === 'never') await conclude(manager, job, verdict);
  else if (verdict.kind === 'later') await replanAttempt(manager, job, ['published'], verdict);
  else {
    await replanAttempt(manager, job, ['published'], { dueAt: new Date(), reason });
    await pauseRunning(manager, job.campaign_id, reason);
  }
  return reason;
};

const putOff = async (
  manager: EntityManager,
  attemptId: string,
  ms: number,
  reason: string,
): Promise<Claim> => {
  const job = await lockJob(manager, attemptId);
  if (job) {
    const dueAt = new Date(Date.now() + ms);
    await replanAttempt(manager, job, ['published'], { dueAt, reason });
  }
  return settled(reason);
};
