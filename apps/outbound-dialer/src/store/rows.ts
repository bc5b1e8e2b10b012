import { type AttemptState, type CampaignInput, type DialOutcome } from '@frontdesk/contracts';
import { type EntityManager } from 'typeorm';

export type CampaignState = 'draft' | 'running' | 'paused' | 'cancelled' | 'finished';

export interface CampaignRow {
  id: string;
  business_id: string;
  account_sid: string;
  name: string;
  opening_line: string;
  instructions: string;
  caller_number: string;
  hours_from: string;
  hours_to: string;
  time_zone: string;
  max_attempts: number;
  max_attempts_per_day: number;
  retry_delay_seconds: number;
  ring_timeout_seconds: number;
  calls_per_second: number;
  max_concurrent_calls: number;
  machine_policy: CampaignInput['machinePolicy'];
  state: CampaignState;
  state_reason: string | null;
  opening_key: string | null;
  /** The opening line names the person: each contact has its own. */
  is_personal: boolean;
  created_at: Date;
  started_at: Date | null;
}

export interface AttemptRow {
  id: string;
  campaign_id: string;
  contact_id: string;
  business_id: string;
  account_sid: string;
  from_number: string;
  to_number: string;
  number: number;
  state: AttemptState;
  outcome: DialOutcome | null;
  call_sid: string | null;
  fence: number;
  asked_at: Date | null;
  refusals: number;
  listings: number;
  answered_by: string | null;
}

/** Rows of an UPDATE … RETURNING: TypeORM answers those with the rows and their number. */
export const updated = async <T>(manager: EntityManager, sql: string, values: unknown[]): Promise<T[]> => {
  const [rows] = await manager.query<[T[], number]>(sql, values);
  return rows;
};
