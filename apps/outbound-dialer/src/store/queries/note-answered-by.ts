import { type EntityManager } from 'typeorm';
import { updated, type AttemptRow } from '../rows';

/**
 * Keeps who answered an attempt's call, the first verdict for good. A machine on a call that goes on is acted upon from
 * now on; one on a call that ended as answered corrects how attempt and contact ended.
 */
export const noteAnsweredBy = async (
  manager: EntityManager,
  { id, contact_id: contactId }: Pick<AttemptRow, 'id' | 'contact_id'>,
  verdict: { callSid: string; answeredBy: string; isMachine: boolean },
): Promise<AttemptRow | undefined> => {
  const [row] = await updated<AttemptRow>(
    manager,
    `UPDATE attempts SET answered_by = $3, call_sid = coalesce(call_sid, $2),
       machine_check_at = CASE WHEN $4 AND state <> 'done' THEN now() END,
       outcome = CASE WHEN $4 AND outcome = 'answered' THEN 'machine' ELSE outcome END
     WHERE id = $1 AND answered_by IS NULL AND coalesce(call_sid, $2) = $2 RETURNING *`,
    [id, verdict.callSid, verdict.answeredBy, verdict.isMachine],
  );
  if (row?.outcome === 'machine')
    await manager.query(
      `UPDATE contacts SET outcome = 'machine' WHERE id = $1 AND outcome = 'answered'
         AND NOT EXISTS (SELECT 1 FROM attempts WHERE contact_id = $1 AND number > $2)`,
      [contactId, row.number],
    );
  return row;
};
