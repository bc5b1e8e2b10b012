import { z } from 'zod';

const isRegExp = (source: string): boolean => {
  try {
    new RegExp(source, 'iu');
    return true;
  } catch {
    return false;
  }
};

/** One rule of the brain: when the caller's words match, say this, call that, or both. */
export const ruleSchema = z
  .strictObject({
    /** A regular expression, upper and lower case alike. */
    match: z.string().refine(isRegExp, 'must be a regular expression'),
    /** `$1` is filled in with the first group. */
    say: z.string().optional(),
    tool: z.strictObject({ name: z.string(), arguments: z.record(z.string(), z.unknown()) }).optional(),
    /** Whether `say` is spoken before the tool is called or only when the session has no such tool. */
    whenOffered: z.enum(['say-and-tool', 'tool-only']).default('say-and-tool'),
  })
  .refine(({ say, tool }) => say !== undefined || tool !== undefined, 'needs say or tool');

export type Rule = z.infer<typeof ruleSchema>;

/** Twenty words: long enough to be interrupted. */
export const LONG_STORY =
  'once upon a time a small shop near the harbour kept its lights on all night for the late boats';

export const DEFAULT_RULES: readonly Rule[] = [
  {
    match: 'hang up|goodbye',
    say: 'goodbye',
    tool: { name: 'end_call', arguments: {} },
    whenOffered: 'tool-only',
  },
  {
    match: 'transfer me',
    say: 'nobody is there to take the call',
    tool: { name: 'transfer_call', arguments: {} },
    whenOffered: 'tool-only',
  },
  { match: 'long story', say: LONG_STORY, whenOffered: 'say-and-tool' },
  { match: `^\\(speech\\)$`, say: 'I heard you', whenOffered: 'say-and-tool' },
];
