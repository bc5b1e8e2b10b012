import { type EntityManager } from 'typeorm';
import { updated } from '../rows';

/** A person whose opening is to be asked for. */
export interface OpeningContact {
  readonly id: string;
  readonly campaign_id: string;
  readonly business_id: string;
  readonly opening_line: string;
  readonly name: string;
}

export interface PersonalOpeningsTaken {
  /** How many seconds of its rate a campaign's openings are ahead of its calls. */
  readonly aheadSeconds: number;
  readonly accountCallsPerSecond: number;
  /** Nobody else gets the same ones before. */
  readonly againMs: number;
  /** Of one campaign at a time. */
  readonly limit: number;
}

/** People next in line ahead of the rate, at least and at most. */
const LEAST_AHEAD = 20;
export const MOST_AHEAD = 1000;
const CAMPAIGNS = 5;

/**
 * Of running campaigns with personal openings, those next in line to be called whose opening is not there yet: first the
 * campaigns that were asked for the longest ago.
 */
export const takePersonalOpenings = (
  manager: EntityManager,
  { aheadSeconds, accountCallsPerSecond, againMs, limit }: PersonalOpeningsTaken,
): Promise<OpeningContact[]> =>
  updated(
    manager,
    `WITH chosen AS (
       SELECT id, least(calls_per_second, $1) * $2 AS ahead FROM campaigns
       WHERE state = 'running' AND is_personal
       ORDER BY opening_try_at NULLS FIRST LIMIT ${CAMPAIGNS} FOR NO KEY UPDATE SKIP LOCKED),
     marked AS (UPDATE campaigns SET opening_try_at = now() WHERE id IN (SELECT id FROM chosen)),
     taken AS (
       SELECT contact_id FROM chosen CROSS JOIN LATERAL (
         SELECT line.contact_id FROM (
           SELECT contact_id, due_at, id FROM attempts
           WHERE campaign_id = chosen.id AND state = 'planned' AND due_at <= now() + $2 * interval '1 second'
           ORDER BY due_at, id LIMIT least(${MOST_AHEAD}, greatest(${LEAST_AHEAD}, ceil(chosen.ahead)))) AS line
         JOIN contacts AS contact ON contact.id = line.contact_id
         WHERE NOT contact.opening_is_ready AND coalesce(contact.opening_try_at, now()) <= now()
         ORDER BY line.due_at, line.id LIMIT $4) AS next)
     UPDATE contacts SET opening_try_at = now() + $3 * interval '1 millisecond',
       opening_asked_at = coalesce(opening_asked_at, now())
     FROM campaigns AS campaign
     WHERE contacts.id IN (SELECT contact_id FROM taken) AND campaign.id = contacts.campaign_id
     RETURNING contacts.id, contacts.campaign_id, contacts.name, campaign.business_id, campaign.opening_line`,
    [accountCallsPerSecond, aheadSeconds, againMs, limit],
  );

export interface PersonalOpening {
  readonly id: string;
  readonly key: string;
  readonly text: string;
  readonly ready: boolean;
}

/** What greeting-service answered; what is not ready is asked for again after `againMs`. */
export const savePersonalOpenings = async (
  manager: EntityManager,
  openings: readonly PersonalOpening[],
  againMs: number,
): Promise<void> => {
  await manager.query(
    `UPDATE contacts SET opening_key = row.key, opening_text = row.text, opening_is_ready = row.ready,
       opening_try_at = now() + $2 * interval '1 millisecond'
     FROM jsonb_to_recordset($1::jsonb) AS row(id uuid, key text, text text, ready boolean)
     WHERE contacts.id = row.id`,
    [JSON.stringify(openings), againMs],
  );
};
