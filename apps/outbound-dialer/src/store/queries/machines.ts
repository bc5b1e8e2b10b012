import { type EntityManager } from 'typeorm';
import { updated, type AttemptRow, type CampaignRow } from '../rows';

export type MachineRow = AttemptRow & Pick<CampaignRow, 'machine_policy'>;

/** Calls that a machine answered and that wait to be treated so; no other worker gets them before `againMs`. */
export const takeMachines = (manager: EntityManager, againMs: number, limit: number): Promise<MachineRow[]> =>
  updated(
    manager,
    `UPDATE attempts AS attempt SET machine_check_at = now() + $1 * interval '1 millisecond'
     FROM campaigns AS campaign
     WHERE campaign.id = attempt.campaign_id AND attempt.id IN (
       SELECT id FROM attempts WHERE machine_check_at <= now() ORDER BY machine_check_at LIMIT $2
       FOR UPDATE SKIP LOCKED)
     RETURNING attempt.*, campaign.machine_policy`,
    [againMs, limit],
  );

/** The policy was carried out, or the call is over: nothing is to be done any more. */
export const machineTreated = async (manager: EntityManager, attemptId: string): Promise<void> => {
  await manager.query('UPDATE attempts SET machine_check_at = NULL WHERE id = $1', [attemptId]);
};
