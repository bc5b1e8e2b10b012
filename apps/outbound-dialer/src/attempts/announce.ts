import { topics, type DialAttemptJob, type DialEvent } from '@frontdesk/contracts';
import { appendToOutbox } from '@frontdesk/persistence';
import { type EntityManager } from 'typeorm';
import { envelopeHead } from '../store/envelope-head';
import { eventHeads, tellingAttempts } from '../store/queries/tell-attempts';
import { type AttemptRow, type CampaignRow } from '../store/rows';

const envelope = <T extends string, D>(
  type: T,
  about: { business_id: string; account_sid: string },
  data: D,
) => ({ ...envelopeHead(type), businessId: about.business_id, accountSid: about.account_sid, data });

/** Tells, in the transaction that moved them all at once, that attempts are in a new state; within a second. */
export const announceAttempts = async (
  manager: EntityManager,
  attempts: readonly Pick<AttemptRow, 'id'>[],
): Promise<void> => {
  if (attempts.length === 0) return;
  await manager.query(
    `WITH moved AS (SELECT * FROM attempts WHERE id = ANY($1)) ${tellingAttempts('moved', '$2')}`,
    [attempts.map(({ id }) => id), eventHeads(attempts.length)],
  );
};

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
