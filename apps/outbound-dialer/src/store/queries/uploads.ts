import { type ContactsAdded } from '@frontdesk/contracts';
import { type EntityManager } from 'typeorm';

/** What an upload with this key answered, if there was one. */
export const findUpload = async (
  manager: EntityManager,
  campaignId: string,
  key: string,
): Promise<ContactsAdded | undefined> => {
  const [row] = await manager.query<{ answer: ContactsAdded }[]>(
    'SELECT answer FROM uploads WHERE campaign_id = $1 AND key = $2',
    [campaignId, key],
  );
  return row?.answer;
};

/** Keeps the answer, in the transaction that stored the contacts. */
export const saveUpload = async (
  manager: EntityManager,
  campaignId: string,
  key: string,
  answer: ContactsAdded,
): Promise<void> => {
  await manager.query('INSERT INTO uploads (campaign_id, key, answer) VALUES ($1, $2, $3)', [
    campaignId,
    key,
    JSON.stringify(answer),
  ]);
};
