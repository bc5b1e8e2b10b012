import { z } from 'zod';

/** Messages of the media WebSocket as they travel (Twilio: WebSocket messages). Fields that nobody uses are not looked at. */

const sid = (prefix: string) => z.string().regex(new RegExp(`^${prefix}[0-9a-fA-F]{32}$`));
const streamSid = sid('MZ');

/** Counters travel as strings; a number is taken as well. */
const counter = z.union([
  z
    .string()
    .regex(/^\d{1,12}$/)
    .transform(Number),
  z.int().min(0).max(999_999_999_999),
]);

export const startSchema = z
  .object({
    streamSid,
    start: z.object({
      streamSid,
      callSid: sid('CA'),
      accountSid: sid('AC'),
      customParameters: z.record(z.string(), z.string()).default({}),
      mediaFormat: z.object({ encoding: z.string(), sampleRate: z.number(), channels: z.number() }),
    }),
  })
  .refine((message) => message.streamSid === message.start.streamSid, {
    path: ['streamSid'],
    message: 'is not that of its start',
  });

export const mediaSchema = z.object({
  streamSid,
  media: z.object({
    // The agent's own voice must never come back to the model as the caller's.
    track: z.literal('inbound').default('inbound'),
    payload: z.string(),
    timestamp: counter,
    chunk: counter,
  }),
});

export const markSchema = z.object({ streamSid, mark: z.object({ name: z.string().max(256) }) });

export const dtmfSchema = z.object({
  streamSid,
  dtmf: z.object({ digit: z.string().regex(/^[0-9A-D*#]$/) }),
});

export const stopSchema = z.object({ streamSid });
