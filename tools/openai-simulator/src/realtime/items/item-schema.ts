import { z } from 'zod';

const common = {
  id: z.string().min(1).max(64).optional(),
  object: z.literal('realtime.item').optional(),
  status: z.enum(['completed', 'incomplete', 'in_progress']).optional(),
};
const inputText = z.strictObject({ type: z.literal('input_text'), text: z.string() });

/**
 * An item as a client may create it. An assistant's audio cannot be given, so its content is text alone; the names of
 * the beta form (`text`, `audio`) are wrong values.
 */
export const itemSchema = z.union([
  z.strictObject({
    type: z.literal('message'),
    role: z.literal('system'),
    content: z.array(inputText).min(1),
    ...common,
  }),
  z.strictObject({
    type: z.literal('message'),
    role: z.literal('user'),
    content: z
      .array(
        z.discriminatedUnion('type', [
          inputText,
          z.strictObject({
            type: z.literal('input_audio'),
            audio: z.string(),
            transcript: z.string().nullish(),
          }),
        ]),
      )
      .min(1),
    ...common,
  }),
  z.strictObject({
    type: z.literal('message'),
    role: z.literal('assistant'),
    content: z.array(z.strictObject({ type: z.literal('output_text'), text: z.string() })).min(1),
    ...common,
  }),
  z.strictObject({
    type: z.literal('function_call'),
    name: z.string(),
    call_id: z.string(),
    arguments: z.string(),
    ...common,
  }),
  z.strictObject({
    type: z.literal('function_call_output'),
    call_id: z.string(),
    output: z.string(),
    ...common,
  }),
]);
export type ClientItem = z.infer<typeof itemSchema>;
