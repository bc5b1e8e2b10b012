import { type EntityManager } from 'typeorm';
import { updated, type AttemptRow } from '../rows';

/** claimed → asked: committed before Twilio is asked, so that a crash from here on leaves an attempt to reconcile. */
export const markAsked = async (
  manager: EntityManager,
  { id, fence }: Pick<AttemptRow, 'id' | 'fence'>,
): Promise<AttemptRow | undefined> => {
  const [row] = await updated<AttemptRow>(
    manager,
    `UPDATE attempts SET state = 'asked', asked_at = clock_timestamp(), changed_at = now()
     WHERE id = $1 AND fence = $2 AND state = 'claimed' AND lease_until > clock_timestamp() RETURNING *`,
    [id, fence],
  );
  return row;
};
