import { z } from 'zod';
import { Rejection } from './rejection';

/** Settings of a session as the GA form has them; what the beta form had is an unknown parameter here. */

export const VOICES = [
  'alloy',
  'ash',
  'ballad',
  'coral',
  'echo',
  'sage',
  'shimmer',
  'verse',
  'marin',
  'cedar',
] as const;

/** `audio/pcma` is not spoken by this simulator. */
export const audioFormatSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('audio/pcm'), rate: z.literal(24_000).optional() }),
  z.strictObject({ type: z.literal('audio/pcmu') }),
]);
export type AudioFormat = z.infer<typeof audioFormatSchema>;

const turnDetectionFlags = {
  create_response: z.boolean().default(true),
  interrupt_response: z.boolean().default(true),
};
const turnDetectionSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('server_vad'),
    threshold: z.number().min(0).max(1).default(0.5),
    prefix_padding_ms: z.int().min(0).max(5_000).default(300),
    silence_duration_ms: z.int().min(0).max(10_000).default(500),
    /** Only off: this simulator never speaks up by itself. */
    idle_timeout_ms: z.null().optional(),
    ...turnDetectionFlags,
  }),
  z.strictObject({
    type: z.literal('semantic_vad'),
    eagerness: z.enum(['low', 'medium', 'high', 'auto']).default('auto'),
    ...turnDetectionFlags,
  }),
]);
export type TurnDetection = z.infer<typeof turnDetectionSchema>;

const transcriptionSchema = z.strictObject({
  model: z.string().min(1),
  language: z.string().optional(),
  languages: z.array(z.string()).optional(),
  keywords: z.array(z.string()).optional(),
  prompt: z.string().optional(),
});

export const voiceSchema = z.enum(VOICES);
const maxOutputTokens = z.union([z.int().min(1).max(4096), z.literal('inf')]);
const toolSchema = z.strictObject({
  type: z.literal('function'),
  name: z.string().min(1),
  description: z.string().optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
});
const toolChoice = z.union([
  z.enum(['auto', 'none', 'required']),
  z.strictObject({ type: z.literal('function'), name: z.string() }),
]);
const modalities = z.tuple([z.enum(['audio', 'text'])]);
const metadata = z.record(z.string().max(64), z.string().max(512)).nullable();

/** The `session` of a `session.update`: only what is present changes. */
export const sessionUpdateSchema = z.strictObject({
  type: z.literal('realtime'),
  model: z.string().optional(),
  output_modalities: modalities.optional(),
  instructions: z.string().optional(),
  max_output_tokens: maxOutputTokens.optional(),
  audio: z
    .strictObject({
      input: z
        .strictObject({
          format: audioFormatSchema.optional(),
          noise_reduction: z.strictObject({ type: z.enum(['near_field', 'far_field']) }).nullish(),
          transcription: transcriptionSchema.nullish(),
          turn_detection: turnDetectionSchema.nullish(),
        })
        .optional(),
      output: z
        .strictObject({
          format: audioFormatSchema.optional(),
          voice: voiceSchema.optional(),
          speed: z.number().min(0.25).max(1.5).optional(),
        })
        .optional(),
    })
    .optional(),
  tools: z.array(toolSchema).optional(),
  tool_choice: toolChoice.optional(),
  parallel_tool_calls: z.boolean().optional(),
  reasoning: z.strictObject({ effort: z.string() }).optional(),
  truncation: z.unknown().optional(),
  tracing: z.unknown().optional(),
  include: z.array(z.literal('item.input_audio_transcription.logprobs')).nullish(),
  prompt: z.unknown().optional(),
});
export type SessionUpdate = z.infer<typeof sessionUpdateSchema>;

/** The `response` of a `response.create`. */
export const responseOptionsSchema = z.strictObject({
  instructions: z.string().optional(),
  output_modalities: modalities.optional(),
  max_output_tokens: maxOutputTokens.optional(),
  audio: z
    .strictObject({
      output: z
        .strictObject({ format: audioFormatSchema.optional(), voice: voiceSchema.optional() })
        .optional(),
    })
    .optional(),
  tools: z.array(toolSchema).optional(),
  tool_choice: toolChoice.optional(),
  conversation: z.enum(['auto', 'none']).optional(),
  input: z.array(z.unknown()).optional(),
  metadata: metadata.optional(),
  prompt: z.unknown().optional(),
  parallel_tool_calls: z.boolean().optional(),
  reasoning: z.strictObject({ effort: z.string() }).optional(),
});
export type ResponseOptions = z.infer<typeof responseOptionsSchema>;

/** What holds for a session just now. */
export interface SessionConfig {
  readonly id: string;
  readonly object: 'realtime.session';
  readonly type: 'realtime';
  readonly model: string;
  /** Unix seconds. */
  readonly expires_at: number;
  output_modalities: ['audio' | 'text'];
  instructions: string;
  max_output_tokens: number | 'inf';
  audio: {
    input: {
      format: AudioFormat;
      noise_reduction: { type: string } | null;
      transcription: z.infer<typeof transcriptionSchema> | null;
      turn_detection: TurnDetection | null;
    };
    output: { format: AudioFormat; voice: string; speed: number };
  };
  tools: z.infer<typeof toolSchema>[];
  tool_choice: z.infer<typeof toolChoice>;
  truncation: unknown;
  tracing: unknown;
}

/** What a session has before its first `session.update`. */
export const defaultSession = (id: string, model: string, expiresAtMs: number): SessionConfig => ({
  id,
  object: 'realtime.session',
  type: 'realtime',
  model,
  expires_at: Math.floor(expiresAtMs / 1000),
  output_modalities: ['audio'],
  instructions: 'You are a helpful assistant.',
  max_output_tokens: 'inf',
  audio: {
    input: {
      format: { type: 'audio/pcm', rate: 24_000 },
      noise_reduction: null,
      transcription: null,
      turn_detection: turnDetectionSchema.parse({ type: 'server_vad' }),
    },
    output: { format: { type: 'audio/pcm', rate: 24_000 }, voice: 'alloy', speed: 1 },
  },
  tools: [],
  tool_choice: 'auto',
  truncation: 'auto',
  tracing: null,
});

/** The session after an update; null clears, absence keeps. @throws Rejection for what may not change any more */
export const updatedSession = (
  current: SessionConfig,
  update: SessionUpdate,
  hasSpoken: boolean,
): SessionConfig => {
  const { audio, model, ...rest } = update;
  if (model !== undefined && model !== current.model)
    throw new Rejection('invalid_value', 'The model of a session cannot be changed.', 'session.model');
  const voice = audio?.output?.voice;
  if (hasSpoken && voice !== undefined && voice !== current.audio.output.voice)
    throw new Rejection(
      'cannot_update_voice',
      'Cannot update a conversation’s voice if assistant audio is present.',
      'session.audio.output.voice',
    );
  if (update.tracing !== undefined && current.tracing !== null)
    throw new Rejection('invalid_value', 'Tracing cannot be changed once set.', 'session.tracing');
  return {
    ...current,
    ...present(rest),
    audio: {
      input: { ...current.audio.input, ...present(audio?.input ?? {}) },
      output: { ...current.audio.output, ...present(audio?.output ?? {}) },
    },
  } as SessionConfig;
};

const present = (fields: object): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
