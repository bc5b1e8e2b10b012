import { z } from 'zod';

const waitSchema = { timeoutMs: z.int().positive().optional() };

/** One thing a scripted caller or callee does. */
export const stepSchema = z.union([
  z.strictObject({ say: z.string().min(1) }),
  z.strictObject({ playWavBase64: z.string().min(1) }),
  z.strictObject({ waitForAgentMs: z.int().positive(), ...waitSchema }),
  z.strictObject({ waitForSilenceMs: z.int().positive(), ...waitSchema }),
  z.strictObject({ waitForWords: z.string().min(1), ...waitSchema }),
  z.strictObject({ pauseMs: z.int().nonnegative() }),
  z.strictObject({ dtmf: z.string().regex(/^[0-9*#]+$/) }),
  z.strictObject({ gapMs: z.int().positive() }),
  z.strictObject({ hangUp: z.literal(true) }),
]);
export type Step = z.infer<typeof stepSchema>;

export const scriptSchema = z.array(stepSchema).max(1_000);
