import { type EntityManager } from 'typeorm';

export interface FailingCampaign {
  id: string;
  failed: number;
  /** The latest reason that Twilio gave. */
  reason: string | null;
}

/**
 * Running campaigns of whose latest `last` calls so many failed (not: busy, or nobody there), counted from when they were
 * started or resumed.
 */
export const findFailing = (
  manager: EntityManager,
  last: number,
  percent: number,
): Promise<FailingCampaign[]> =>
  manager.query(
    `SELECT campaign.id, ended.failed, ended.reason FROM campaigns AS campaign, LATERAL (
       SELECT count(*)::int AS n, (count(*) FILTER (WHERE outcome = 'failed'))::int AS failed,
         (array_agg(latest.reason ORDER BY latest.changed_at DESC) FILTER (WHERE outcome = 'failed'))[1] AS reason
       FROM (SELECT outcome, reason, changed_at FROM attempts
         WHERE campaign_id = campaign.id AND state = 'done' AND changed_at >= coalesce(campaign.resumed_at, campaign.started_at, '-infinity')
           AND outcome IN ('answered', 'machine', 'busy', 'no-answer', 'failed')
         ORDER BY changed_at DESC LIMIT $1) AS latest) AS ended
     WHERE campaign.state = 'running' AND ended.n >= $1 AND ended.failed * 100 >= $2 * ended.n`,
    [last, percent],
  );
