import { topics, type DialEvent } from '@frontdesk/contracts';
import { envelopeHead } from '../envelope-head';

const type = 'attempt.changed' satisfies DialEvent['type'];

/** Beginnings of the events about so many attempts, for `tellingAttempts`. */
export const eventHeads = (count: number): string =>
  JSON.stringify(Array.from({ length: count }, () => envelopeHead(type)));

/**
 * Tells of every attempt in `source` that it is in a new state, in the statement that moved it: one event each in the
 * outbox, which leaves within a second and wakes nobody, for commits that notify wait for each other.
 * @param source rows of attempts as they are now: a table expression of the statement
 * @param heads the parameter with `eventHeads` of as many, or more
 */
export const tellingAttempts = (source: string, heads: string): string => `
  INSERT INTO outbox (topic, key, value)
  SELECT '${topics.dialEvents.name}', attempt.campaign_id::text,
    (${heads}::jsonb -> (row_number() OVER () - 1)::int) || jsonb_build_object(
      'businessId', attempt.business_id,
      'accountSid', attempt.account_sid,
      'data', jsonb_build_object(
        'campaignId', attempt.campaign_id,
        'contactId', attempt.contact_id,
        'attemptId', attempt.id,
        'callSid', attempt.call_sid,
        'state', attempt.state,
        'outcome', attempt.outcome))
  FROM ${source} AS attempt`;
