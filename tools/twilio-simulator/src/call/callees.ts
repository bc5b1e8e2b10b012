import { z } from 'zod';
import { scriptSchema } from '../script/steps';

const responseSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('answer'),
    /** Ringing before the answer. */
    afterMs: z.int().nonnegative().default(300),
    script: scriptSchema.default([]),
    answeredBy: z
      .enum([
        'human',
        'machine_start',
        'machine_end_beep',
        'machine_end_silence',
        'machine_end_other',
        'fax',
        'unknown',
      ])
      .default('human'),
    /** From the answer to the verdict of the machine detection. */
    amdAfterMs: z.int().nonnegative().default(1_000),
  }),
  z.object({ kind: z.literal('busy'), afterMs: z.int().nonnegative().default(300) }),
  z.object({ kind: z.literal('no-answer') }),
  z.object({ kind: z.literal('failed'), sipCode: z.int().default(404) }),
]);
export type CalleeResponse = z.infer<typeof responseSchema>;

export const calleeSchema = z.object({
  number: z.string(),
  responses: z.array(responseSchema).min(1),
});
export type Callee = z.infer<typeof calleeSchema>;

/** How numbers outside behave when they are dialled: the first time, the second, …; the last behaviour repeats. */
export class CalleeBook {
  private readonly callees = new Map<string, { callee: Callee; dials: number }>();

  set(callee: Callee): void {
    this.callees.set(callee.number, { callee, dials: 0 });
  }

  /** The behaviour of this dial; a number nobody described rings until the caller gives up. */
  dial(number: string): CalleeResponse {
    const entry = this.callees.get(number);
    if (!entry) return { kind: 'no-answer' };
    const { responses } = entry.callee;
    const response = responses[Math.min(entry.dials, responses.length - 1)];
    entry.dials += 1;
    return response ?? { kind: 'no-answer' };
  }

  list(): (Callee & { dials: number })[] {
    return [...this.callees.values()].map(({ callee, dials }) => ({ ...callee, dials }));
  }
}
