import type { Call } from './call';
import type { CallStatus } from './call-status';
import { rfc2822 } from './status-callbacks';

/** A Call as Twilio's REST API shows it: no URL of ours anywhere, absent values null. */
export interface CallResource {
  readonly sid: string;
  readonly status: CallStatus;
  readonly [field: string]: unknown;
}

/** The resource of a call as it is now. */
export const callResource = (call: Call): CallResource => {
  const path = `/2010-04-01/Accounts/${call.accountSid}/Calls/${call.sid}`;
  const at = (ms: number | undefined): string | null => (ms === undefined ? null : rfc2822(new Date(ms)));
  const last = call.history.at(-1);
  return {
    sid: call.sid,
    date_created: at(call.createdAtMs),
    date_updated: at(last?.atMs),
    parent_call_sid: call.parentCallSid ?? null,
    account_sid: call.accountSid,
    to: call.to,
    to_formatted: call.to,
    from: call.from,
    from_formatted: call.from,
    phone_number_sid: null,
    status: call.status,
    start_time: at(call.dialledAtMs),
    end_time: at(call.endedAtMs),
    duration: call.endedAtMs === undefined ? null : String(call.durationS),
    price: null,
    price_unit: 'USD',
    direction: call.direction,
    answered_by: call.answeredBy,
    api_version: '2010-04-01',
    forwarded_from: null,
    group_sid: null,
    caller_name: null,
    queue_time: String(Math.max(0, (call.dialledAtMs ?? call.createdAtMs) - call.createdAtMs)),
    trunk_sid: null,
    uri: `${path}.json`,
    subresource_uris: {
      notifications: `${path}/Notifications.json`,
      recordings: `${path}/Recordings.json`,
      streams: `${path}/Streams.json`,
    },
  };
};
