import { z } from 'zod';
import { eventEnvelope } from '../envelope';
import { businessIdSchema, callSidSchema, localeSchema, recordingSidSchema, uuidSchema } from '../ids';

/** Command on `recording.jobs.v1`: transcribe one recording. */
export const transcribeRecordingJob = eventEnvelope(
  'recording.transcribe',
  z.object({ callSid: callSidSchema, recordingSid: recordingSidSchema, locale: localeSchema }),
);
export type TranscribeRecordingJob = z.infer<typeof transcribeRecordingJob>;

/** Command on `dial.jobs.v1`: an admitted attempt. The worker claims it in the database before it asks Twilio. */
export const dialAttemptJob = eventEnvelope(
  'attempt.dial',
  z.object({ attemptId: uuidSchema, campaignId: uuidSchema, contactId: uuidSchema }),
);
export type DialAttemptJob = z.infer<typeof dialAttemptJob>;

/** States of one dial attempt; the state only moves forward (OU9). */
export const attemptStateSchema = z.enum([
  'planned',
  'published',
  'claimed',
  'asked',
  'accepted',
  'ringing',
  'in-progress',
  'unknown',
  'done',
]);
export type AttemptState = z.infer<typeof attemptStateSchema>;
/** How an attempt, or a contact that was never dialled, ended. */
export const dialOutcomeSchema = z.enum([
  'answered',
  'busy',
  'no-answer',
  'failed',
  'canceled',
  'invalid-number',
  'do-not-call',
  'outside-hours',
  'no-consent',
  'attempts-exhausted',
  'machine',
]);
export type DialOutcome = z.infer<typeof dialOutcomeSchema>;

/** Event on `dial.events.v1`: an attempt moved to a new state. */
export const attemptChangedEvent = eventEnvelope(
  'attempt.changed',
  z.object({
    campaignId: uuidSchema,
    contactId: uuidSchema,
    attemptId: uuidSchema,
    callSid: callSidSchema.nullable(),
    state: attemptStateSchema,
    outcome: dialOutcomeSchema.nullable(),
  }),
);
/** Event on `dial.events.v1`: a campaign was started, paused, resumed, cancelled or finished. */
export const campaignChangedEvent = eventEnvelope(
  'campaign.changed',
  z.object({ campaignId: uuidSchema, state: z.string(), reason: z.string().nullable() }),
);
export const dialEventSchema = z.discriminatedUnion('type', [attemptChangedEvent, campaignChangedEvent]);
export type DialEvent = z.infer<typeof dialEventSchema>;

/** Hint on `profile.events.v1`: ask greeting-service for the profiles since your revision now. Never the truth itself. */
export const profileChangedEvent = eventEnvelope(
  'profile.changed',
  z.object({ businessId: businessIdSchema, revision: z.int().min(0), deleted: z.boolean() }),
);
export type ProfileChangedEvent = z.infer<typeof profileChangedEvent>;
