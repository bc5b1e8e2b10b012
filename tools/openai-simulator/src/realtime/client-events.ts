import { z } from 'zod';
import { itemSchema } from './items/item-schema';
import { parseStrictly, Rejection } from './rejection';
import { responseOptionsSchema, sessionUpdateSchema } from './session-config';

/** A chunk may hold 15 MiB of audio; base64 makes a third more of it. */
const MAX_APPEND_CHARACTERS = Math.ceil((15 * 1024 * 1024) / 3) * 4;

const event = <T extends string, S extends z.ZodRawShape>(
  type: T,
  shape: S,
): z.ZodObject<{ type: z.ZodLiteral<T>; event_id: z.ZodOptional<z.ZodString> } & S, z.core.$strict> =>
  z.strictObject({ type: z.literal(type), event_id: z.string().max(512).optional(), ...shape });

/** Each client event and what it may carry. */
const schemas = {
  'session.update': event('session.update', { session: sessionUpdateSchema }),
  'input_audio_buffer.append': event('input_audio_buffer.append', {
    audio: z.string().max(MAX_APPEND_CHARACTERS, 'holds more than 15 MiB'),
  }),
  'input_audio_buffer.commit': event('input_audio_buffer.commit', {}),
  'input_audio_buffer.clear': event('input_audio_buffer.clear', {}),
  'conversation.item.create': event('conversation.item.create', {
    item: itemSchema,
    previous_item_id: z.string().nullish(),
  }),
  'conversation.item.retrieve': event('conversation.item.retrieve', { item_id: z.string() }),
  'conversation.item.delete': event('conversation.item.delete', { item_id: z.string() }),
  'conversation.item.truncate': event('conversation.item.truncate', {
    item_id: z.string(),
    content_index: z.literal(0),
    audio_end_ms: z.int().min(0),
  }),
  'response.create': event('response.create', { response: responseOptionsSchema.nullish() }),
  'response.cancel': event('response.cancel', { response_id: z.string().nullish() }),
} as const;

export type ClientEvent = { [T in keyof typeof schemas]: z.infer<(typeof schemas)[T]> }[keyof typeof schemas];

/** The envelope that even a refused event has, so that the refusal can name it. */
export interface RawEvent {
  readonly type: unknown;
  readonly eventId: string | null;
  readonly fields: object;
}

/** JSON of one event. @throws Rejection when it is none */
export const readEvent = (text: string): RawEvent => {
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch {
    throw new Rejection('invalid_json', 'The event could not be parsed as JSON.');
  }
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields))
    throw new Rejection('invalid_type', 'An event must be a JSON object.');
  const { type, event_id: eventId } = fields as Record<string, unknown>;
  return { type, eventId: typeof eventId === 'string' ? eventId : null, fields };
};

/** The event checked as strictly as the vendor does. @throws Rejection */
export const parseClientEvent = ({ type, fields }: RawEvent): ClientEvent => {
  if (type === undefined)
    throw new Rejection('missing_required_parameter', `Missing required parameter: 'type'.`, 'type');
  if (typeof type !== 'string' || !Object.hasOwn(schemas, type))
    throw new Rejection(
      'invalid_value',
      `Invalid value: '${String(type)}'. Supported values are: ${Object.keys(schemas)
        .map((name) => `'${name}'`)
        .join(', ')}.`,
      'type',
    );
  return parseStrictly<ClientEvent>(schemas[type as keyof typeof schemas] as z.ZodType<ClientEvent>, fields);
};
