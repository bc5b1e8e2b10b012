import { topics, type DialAttemptJob, type DialEvent } from '@frontdesk/contracts';
import { appendToOutbox } from '@frontdesk/persistence';
import { newId, newTraceparent } from '@frontdesk/runtime';
import { type EntityManager } from 'typeorm';
import { type AttemptRow, type CampaignRow } from '../store/rows';

const envelope = <T extends string, D>(
  type: T,
  about: { business_id: string; account_sid: string },
  data: D,
) => ({
  id: newId(),
  type,
  v: 1 as const,
  at: new Date().toISOString(),
  businessId: about.business_id,
  accountSid: about.account_sid,
  traceparent: newTraceparent(),
  data,
});

/** Tells, in the transaction that moved it, that an attempt is in a new state; within a second. */
export const announceAttempts = (manager: EntityManager, attempts: readonly AttemptRow[]): Promise<void> =>
  appendToOutbox(
    manager,
    attempts.map((attempt) => ({
      topic: topics.dialEvents.name,
      key: attempt.campaign_id,
      value: envelope('attempt.changed', attempt, {
        campaignId: attempt.campaign_id,
        contactId: attempt.contact_id,
        attemptId: attempt.id,
        callSid: attempt.call_sid,
        state: attempt.state,
        outcome: attempt.outcome,
      }) satisfies DialEvent,
    })),
    { wake: false },
  );

/** Tells that a campaign is in a new state. */
export const announceCampaign = (manager: EntityManager, campaign: CampaignRow): Promise<void> =>
  appendToOutbox(manager, [
    {
      topic: topics.dialEvents.name,
      key: campaign.id,
      value: envelope('campaign.changed', campaign, {
        campaignId: campaign.id,
        state: campaign.state,
        reason: campaign.state_reason,
      }) satisfies DialEvent,
    },
  ]);

/** Hands admitted attempts to the workers. */
export const publishJobs = (manager: EntityManager, attempts: readonly AttemptRow[]): Promise<void> =>
  appendToOutbox(
    manager,
    attempts.map((attempt) => ({
      topic: topics.dialJobs.name,
      key: `${attempt.campaign_id}:${attempt.contact_id}`,
      value: envelope('attempt.dial', attempt, {
        attemptId: attempt.id,
        campaignId: attempt.campaign_id,
        contactId: attempt.contact_id,
      }) satisfies DialAttemptJob,
    })),
  );
