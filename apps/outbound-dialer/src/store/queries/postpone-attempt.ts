import { type EntityManager } from 'typeorm';

/** planned → planned, later. */
export const postponeAttempt = async (
  manager: EntityManager,
  attemptId: string,
  { dueAt, reason }: { dueAt: Date; reason: string },
): Promise<void> => {
  await manager.query(`UPDATE attempts SET due_at = $2, reason = $3 WHERE id = $1 AND state = 'planned'`, [
    attemptId,
    dueAt,
    reason,
  ]);
};
