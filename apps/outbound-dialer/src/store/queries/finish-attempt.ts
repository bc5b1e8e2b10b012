import { type DialOutcome } from '@frontdesk/contracts';
import { newId } from '@frontdesk/runtime';
import { type EntityManager } from 'typeorm';
import { type Move, moving, selectMove, sendMove } from './move-attempt';
import { eventHeads } from './tell-attempts';

export interface Finish {
  readonly outcome: DialOutcome;
  /** In the place of `outcome` where `answered_by` matches the pattern. */
  readonly ofMachine: { readonly outcome: DialOutcome; readonly pattern: string };
  /** Whether the contact is called again if the campaign allows one more attempt and still runs or is paused. */
  readonly isRetried: boolean;
  readonly reason: string | null;
  /** When the ending is one of this call; nothing moves when the attempt has another. */
  readonly callSid: string | null;
  readonly sequence: number | null;
}

const finish = `
  UPDATE attempts SET state = 'done', outcome = CASE WHEN answered_by ~ $6 THEN $7::text ELSE $2::text END,
    reason = $3, call_sid = coalesce(call_sid, $4), last_sequence = coalesce($5, last_sequence),
    lease_until = NULL, check_at = NULL, changed_at = now()
  WHERE id = $1 AND state <> 'done' AND ($4::text IS NULL OR call_sid IS NULL OR call_sid = $4)`;

/**
 * Behind `moved`. `last` is joined rather than asked for with EXISTS: where the contact's row is changed by others at the
 * same moment PostgreSQL looks at it again, and cannot run an INSERT for that.
 */
const retryOrFinishContact = `,
  retry AS (
    INSERT INTO attempts (id, campaign_id, contact_id, business_id, account_sid, from_number, to_number, number, due_at)
    SELECT $9::uuid, moved.campaign_id, moved.contact_id, moved.business_id, moved.account_sid, moved.from_number,
      moved.to_number, moved.number + 1, now() + campaign.retry_delay_seconds * interval '1 second'
    FROM moved JOIN campaigns AS campaign ON campaign.id = moved.campaign_id
    WHERE $8::boolean AND moved.number < campaign.max_attempts AND campaign.state IN ('running', 'paused')
    ON CONFLICT (contact_id, number) DO NOTHING RETURNING contact_id),
  last AS MATERIALIZED (SELECT contact_id, outcome FROM moved WHERE NOT EXISTS (SELECT FROM retry)),
  ended AS (
    UPDATE contacts SET outcome = last.outcome FROM last WHERE contacts.id = last.contact_id AND contacts.outcome IS NULL)`;

/** any → done, with the contact's next attempt planned or the contact ended. Gives the slot back. */
export const finishAttempt = (manager: EntityManager, attemptId: string, end: Finish): Promise<Move> =>
  sendMove(manager, moving(finish, '$10') + retryOrFinishContact + selectMove, [
    attemptId,
    end.outcome,
    end.reason,
    end.callSid,
    end.sequence,
    end.ofMachine.pattern,
    end.ofMachine.outcome,
    end.isRetried,
    newId(),
    eventHeads(1),
  ]);
