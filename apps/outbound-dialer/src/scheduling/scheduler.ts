import { type Database } from '@frontdesk/persistence';
import { type EntityManager } from 'typeorm';
import { announceAttempts, publishJobs } from '../attempts/announce';
import { conclude } from '../attempts/conclude';
import {
  type BreakerOptions,
  finishEmptyCampaigns,
  pauseFailing,
  pauseRunning,
} from '../campaigns/transitions';
import { mayDial } from '../compliance/may-dial';
import { type DialerEvents } from '../events';
import {
  countMoving,
  findAdmitting,
  lockScheduling,
  noteAdmission,
  type AdmittingCampaign,
} from '../store/queries/find-admitting';
import { findDue } from '../store/queries/find-due';
import { postponeAttempt } from '../store/queries/postpone-attempt';
import { publishAttempts } from '../store/queries/publish-attempts';
import { type CampaignRow } from '../store/rows';
import { aheadOf, shareFairly } from './share';

export interface SchedulerOptions extends BreakerOptions {
  database: Database;
  events: DialerEvents;
  accountCallsPerSecond: number;
  businessConcurrentCalls: number;
  openingWaitMs: number;
}

/**
 * Admits due attempts to Kafka: as many as the account's rate covers in the next moment and as the campaign and its business
 * have slots for, shared fairly. One scheduler works at a time, so that what it counts holds over all workers.
 */
export class Scheduler {
  constructor(private readonly options: SchedulerOptions) {}

  async tick(): Promise<void> {
    const { database, events } = this.options;
    const moved = await database.transaction(async (manager) => {
      if (!(await lockScheduling(manager))) return [];
      const failing = await pauseFailing(manager, this.options);
      const stuck = await this.admit(manager);
      return [...failing, ...stuck, ...(await finishEmptyCampaigns(manager))];
    });
    for (const { id, state, state_reason: reason } of moved) events.campaignMoved(id, state, reason);
  }

  /** @returns campaigns that were paused instead */
  private async admit(manager: EntityManager): Promise<CampaignRow[]> {
    const campaigns = await findAdmitting(manager, this.options.openingWaitMs);
    if (campaigns.length === 0) return [];
    const { accountCallsPerSecond, businessConcurrentCalls } = this.options;
    const businesses = await countMoving(manager);
    const movingOf = new Map(businesses.map(({ business_id, moving }) => [business_id, moving]));
    const waiting = businesses.reduce((sum, business) => sum + business.waiting, 0);
    const budget = Math.max(0, aheadOf(accountCallsPerSecond) - waiting);
    const demands = campaigns.map((campaign) => ({
      businessId: campaign.business_id,
      room: Math.max(
        0,
        Math.min(
          campaign.max_concurrent_calls - campaign.moving,
          aheadOf(campaign.calls_per_second) - campaign.waiting,
        ),
      ),
    }));
    const shares = shareFairly(budget, demands, (id) => businessConcurrentCalls - (movingOf.get(id) ?? 0));
    const paused: CampaignRow[] = [];
    for (const [index, campaign] of campaigns.entries()) {
      const stuck = shares[index]! > 0 && (await this.admitOf(manager, campaign, shares[index]!));
      if (stuck) paused.push(stuck);
    }
    return paused;
  }

  /** @returns the campaign where it was paused instead */
  private async admitOf(
    manager: EntityManager,
    campaign: AdmittingCampaign,
    share: number,
  ): Promise<CampaignRow | undefined> {
    const { events, openingWaitMs } = this.options;
    // First the campaign, then its contacts: in the order of who asks for openings, or each could wait for the other.
    await noteAdmission(manager, campaign.id);
    const now = new Date();
    const admitted: string[] = [];
    for (const attempt of await findDue(manager, campaign, openingWaitMs, share)) {
      const verdict = mayDial(attempt, campaign, now);
      if (verdict.kind === 'dial') {
        admitted.push(attempt.id);
        continue;
      }
      // What was admitted before it stays planned too.
      if (verdict.kind === 'pause') return pauseRunning(manager, campaign.id, verdict.reason);
      if (verdict.kind === 'never') await conclude(manager, attempt, verdict);
      else await postponeAttempt(manager, attempt.id, verdict);
      events.notAdmitted(attempt, verdict.reason, verdict.kind === 'never' ? verdict.outcome : null);
    }
    const published = await publishAttempts(manager, admitted);
    await publishJobs(manager, published);
    await announceAttempts(manager, published);
    events.admittedAttempts(campaign.id, published.length);
    return undefined;
  }
}
