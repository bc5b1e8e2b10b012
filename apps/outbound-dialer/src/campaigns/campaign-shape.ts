import { type Campaign } from '@frontdesk/contracts';
import { type CampaignRow } from '../store/rows';

/** A campaign as operators see it. */
export const asCampaign = (row: CampaignRow): Campaign => ({
  id: row.id,
  businessId: row.business_id,
  name: row.name,
  openingLine: row.opening_line,
  instructions: row.instructions,
  callerNumber: row.caller_number,
  callingHours: { from: row.hours_from, to: row.hours_to },
  timeZone: row.time_zone,
  maxAttempts: row.max_attempts,
  maxAttemptsPerDay: row.max_attempts_per_day,
  retryDelaySeconds: row.retry_delay_seconds,
  ringTimeoutSeconds: row.ring_timeout_seconds,
  callsPerSecond: row.calls_per_second,
  maxConcurrentCalls: row.max_concurrent_calls,
  machinePolicy: row.machine_policy,
  state: row.state,
  stateReason: row.state_reason,
  createdAt: row.created_at.toISOString(),
});
