import { type EntityManager } from 'typeorm';
import { updated, type AttemptRow } from '../rows';

/** planned → published: takes a slot of the campaign's concurrency. */
export const publishAttempts = (manager: EntityManager, ids: readonly string[]): Promise<AttemptRow[]> =>
  updated(
    manager,
    `UPDATE attempts SET state = 'published', changed_at = now()
     WHERE id = ANY($1) AND state = 'planned' RETURNING *`,
    [ids],
  );
