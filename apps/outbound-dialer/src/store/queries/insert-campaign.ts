import { type CampaignInput } from '@frontdesk/contracts';
import { hasPlaceholders, newId } from '@frontdesk/runtime';
import { type EntityManager } from 'typeorm';
import { type CampaignRow } from '../rows';

export const insertCampaign = async (
  manager: EntityManager,
  input: CampaignInput,
  accountSid: string,
): Promise<CampaignRow> => {
  const [row] = await manager.query<CampaignRow[]>(
    `INSERT INTO campaigns (id, business_id, account_sid, name, opening_line, instructions, caller_number,
       hours_from, hours_to, time_zone, max_attempts, retry_delay_seconds, ring_timeout_seconds,
       calls_per_second, max_concurrent_calls, machine_policy, max_attempts_per_day,
       is_personal)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) RETURNING *`,
    [
      newId(),
      input.businessId,
      accountSid,
      input.name,
      input.openingLine,
      input.instructions,
      input.callerNumber,
      input.callingHours.from,
      input.callingHours.to,
      input.timeZone,
      input.maxAttempts,
      input.retryDelaySeconds,
      input.ringTimeoutSeconds,
      input.callsPerSecond,
      input.maxConcurrentCalls,
      input.machinePolicy,
      input.maxAttemptsPerDay,
      hasPlaceholders(input.openingLine),
    ],
  );
  return row!;
};
