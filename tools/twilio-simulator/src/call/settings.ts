import { z } from 'zod';

/** What can be changed while it runs; the defaults are Twilio's where Twilio has any. */
export const settingsSchema = z.object({
  /** Outbound calls started a second; the excess is queued, not refused. */
  callsPerSecond: z.number().positive(),
  /** How far the call list lags behind. */
  listLagMs: z.int().nonnegative(),
  /** From the end of a recording to its file being there. */
  recordingProcessingMs: z.int().nonnegative(),
  /** Whether a REST redirect of a live call also makes the old Connect's action be requested, and when. */
  connectActionOnRedirect: z.enum(['before', 'after', 'off']),
  /** Whether a Connect's action is requested when the far end hung up (its reply is discarded). */
  connectActionOnHangup: z.boolean(),
  /** From dialling to the ringing of a callee. */
  ringDelayMs: z.int().nonnegative(),
});
export type SimulatorSettings = z.infer<typeof settingsSchema>;

export const defaultSettings: SimulatorSettings = {
  callsPerSecond: 1,
  listLagMs: 2_000,
  recordingProcessingMs: 300,
  connectActionOnRedirect: 'before',
  connectActionOnHangup: true,
  ringDelayMs: 50,
};
