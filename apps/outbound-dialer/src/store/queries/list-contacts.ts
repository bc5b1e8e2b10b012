import { type Contact } from '@frontdesk/contracts';
import { type EntityManager } from 'typeorm';

/** A page of contacts in the order of upload, with their attempts. */
export const listContactsOf = async (
  manager: EntityManager,
  campaignId: string,
  page: { after?: string | undefined; limit: number },
): Promise<Contact[]> => {
  const rows = await manager.query<{ contact: Contact }[]>(
    `SELECT json_build_object('id', contact.id, 'number', contact.number, 'name', contact.name,
       'outcome', contact.outcome, 'attempts', coalesce((
         SELECT json_agg(json_build_object('id', id, 'number', number, 'state', state, 'outcome', outcome,
           'callSid', call_sid,
           'askedAt', to_char(asked_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) ORDER BY number)
         FROM attempts WHERE contact_id = contact.id), '[]'::json)) AS contact
     FROM contacts AS contact WHERE campaign_id = $1 AND ($2::uuid IS NULL OR id > $2)
     ORDER BY id LIMIT $3`,
    [campaignId, page.after ?? null, page.limit],
  );
  return rows.map(({ contact }) => contact);
};
