import { type EntityManager } from 'typeorm';

/** Columns that `mayDial` needs, for queries over `attempts AS attempt` joined with `contacts AS contact`. */
export const contactFacts = `
  contact.consent, contact.time_zone AS contact_time_zone, contact.country AS contact_country,
  contact.number AS contact_number,
  EXISTS (SELECT 1 FROM do_not_call AS entry WHERE entry.number = attempt.to_number
    AND (entry.business_id IS NULL OR entry.business_id = attempt.business_id)) AS is_on_do_not_call,
  ARRAY(SELECT coalesce(earlier.asked_at, earlier.changed_at) FROM attempts AS earlier
    WHERE earlier.business_id = attempt.business_id AND earlier.to_number = attempt.to_number
      AND earlier.id <> attempt.id
      AND (earlier.asked_at > now() - interval '2 days' OR earlier.state = 'claimed')) AS asked_lately`;

/**
 * One attempt at a time is decided for a number of a business, until the transaction ends: two campaigns that call the
 * same person count each other's calls.
 */
export const lockNumberOf = async (manager: EntityManager, attemptId: string): Promise<void> => {
  await manager.query(
    `SELECT pg_advisory_xact_lock(hashtextextended('frontdesk-dialer-number:' || business_id || ':' || to_number, 0))
     FROM attempts WHERE id = $1`,
    [attemptId],
  );
};
