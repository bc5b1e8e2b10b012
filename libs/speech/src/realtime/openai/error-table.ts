import { type RealtimeCommand, type RealtimeProblem } from '../realtime-model';

/**
 * What an error code of the provider means to a call. One table, from the guide "Realtime conversations", the handshake
 * handling of openai 7.x (`realtime/ws.js`), and codes seen in its users' issue trackers; codes that are not here are
 * judged by the command they answer. Where the session itself is over is said by `endsSession`.
 */
const problems: Readonly<Record<string, RealtimeProblem>> = {
  // The client lost a race (seen: openai-agents-js#220, livekit/agents#6244).
  response_cancel_not_active: 'nothing-to-cancel',
  conversation_already_has_active_response: 'response-active',
  // An item that is gone, or is shorter than the cut.
  item_truncate_invalid_item_id: 'cut-refused',
  item_delete_invalid_item_id: 'cut-refused',
  // The provider cannot now, and may be able to later: the session stays.
  rate_limit_exceeded: 'busy',
  server_error: 'busy',
  engine_overloaded: 'busy',
  slow_down: 'busy',
  // The limit of 60 minutes, seen as an `error` and then a close.
  session_expired: 'expired',
  // Another session would end the same way.
  invalid_api_key: 'denied',
  insufficient_quota: 'denied',
  model_not_found: 'denied',
  account_deactivated: 'denied',
  billing_hard_limit_reached: 'denied',
};

const byCommand: Partial<Record<RealtimeCommand, RealtimeProblem>> = {
  // The settings are wrong: a session without them is of no use, and the next would be refused as well.
  configure: 'denied',
  // "Audio content of 1200ms is already shorter than 2000ms" comes as invalid_value.
  truncate: 'cut-refused',
  delete: 'cut-refused',
};

/** @param command that the error names; null where it names none */
export const problemOf = (code: string, command: RealtimeCommand | null): RealtimeProblem =>
  problems[code] ?? (command ? byCommand[command] : undefined) ?? 'refused';

/** After these the session takes no more work; all other errors leave it open (protocol guide: "most are recoverable"). */
export const endsSession = (problem: RealtimeProblem): boolean =>
  problem === 'expired' || problem === 'denied' || problem === 'unavailable';

/** Handshake answers worth another try (openai 7.x `ws.js` has the same list); the others are refusals for good. */
const retryableStatuses = new Set([408, 429, 500, 502, 503, 504]);

/** What an HTTP answer to the upgrade means. */
export const problemOfStatus = (status: number): RealtimeProblem =>
  retryableStatuses.has(status) ? 'unavailable' : 'denied';
