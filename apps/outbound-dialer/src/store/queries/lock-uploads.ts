import { type EntityManager } from 'typeorm';

const lockKey = `hashtextextended('frontdesk-dialer-upload:' || $1, 0)`;

/**
 * Lets one upload at a time into a campaign, until the transaction ends, so that two at once cannot store the same number
 * twice; false, without waiting, while another is under way. Not the campaign's row: an upload takes seconds, and the
 * scheduler and a pause write to that row meanwhile.
 */
export const tryLockUploads = async (manager: EntityManager, campaignId: string): Promise<boolean> => {
  const [row] = await manager.query<{ taken: boolean }[]>(
    `SELECT pg_try_advisory_xact_lock(${lockKey}) AS taken`,
    [campaignId],
  );
  return row?.taken ?? false;
};
