import { newId } from '@frontdesk/runtime';
import { type EntityManager } from 'typeorm';
import { type AcceptedContact } from '../../campaigns/check-contacts';
import { type CampaignRow } from '../rows';

/** Rows of one statement; PostgreSQL reads them from one JSON parameter each time. */
const batchSize = 5000;

/** Stores contacts with their first attempt, planned and due at once. */
export const insertContacts = async (
  manager: EntityManager,
  campaign: CampaignRow,
  contacts: readonly AcceptedContact[],
): Promise<void> => {
  for (let from = 0; from < contacts.length; from += batchSize) {
    const rows = contacts.slice(from, from + batchSize).map((contact) => ({
      id: newId(),
      attempt_id: newId(),
      number: contact.number,
      name: contact.name,
      time_zone: contact.timeZone,
      country: contact.country,
      consent: contact.consent,
    }));
    const values = [JSON.stringify(rows), campaign.id];
    const columns =
      'id uuid, attempt_id uuid, number text, name text, time_zone text, country text, consent boolean';
    await manager.query(
      `INSERT INTO contacts (id, campaign_id, number, name, time_zone, country, consent)
       SELECT id, $2, number, name, time_zone, country, consent FROM jsonb_to_recordset($1::jsonb) AS row(${columns})`,
      values,
    );
    await manager.query(
      `INSERT INTO attempts (id, campaign_id, contact_id, business_id, account_sid, from_number, to_number, number)
       SELECT attempt_id, campaign.id, row.id, campaign.business_id, campaign.account_sid,
         campaign.caller_number, row.number, 1
       FROM jsonb_to_recordset($1::jsonb) AS row(${columns}), campaigns AS campaign WHERE campaign.id = $2`,
      values,
    );
  }
};

/** Which of these numbers the campaign has already. */
export const knownNumbers = async (
  manager: EntityManager,
  campaignId: string,
  numbers: readonly string[],
): Promise<Set<string>> => {
  const rows = await manager.query<{ number: string }[]>(
    'SELECT number FROM contacts WHERE campaign_id = $1 AND number = ANY($2)',
    [campaignId, numbers],
  );
  return new Set(rows.map(({ number }) => number));
};
