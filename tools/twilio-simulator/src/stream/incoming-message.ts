/** A message of the server, checked as strictly as Twilio does. */
export type IncomingMessage =
  | { readonly kind: 'media'; readonly audio: Buffer }
  | { readonly kind: 'mark'; readonly name: string }
  | { readonly kind: 'clear' }
  | { readonly kind: 'invalid'; readonly detail: string };

const invalid = (detail: string): IncomingMessage => ({ kind: 'invalid', detail });

/**
 * Reads one text frame. Not JSON, an unknown event, a missing or an extra field or a wrong streamSid make it invalid
 * (error 31951): Twilio ignores such a message.
 */
export const readIncoming = (text: string, streamSid: string): IncomingMessage => {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return invalid('not JSON');
  }
  if (!isRecord(message)) return invalid('not an object');
  if (message['streamSid'] !== streamSid) return invalid(`streamSid ${String(message['streamSid'])}`);
  switch (message['event']) {
    case 'media':
      return fields(message, ['event', 'media', 'streamSid']) ?? readMedia(message['media']);
    case 'mark':
      return fields(message, ['event', 'mark', 'streamSid']) ?? readMark(message['mark']);
    case 'clear':
      return fields(message, ['event', 'streamSid']) ?? { kind: 'clear' };
    default:
      return invalid(`event ${String(message['event'])}`);
  }
};

const readMedia = (media: unknown): IncomingMessage => {
  if (!isRecord(media)) return invalid('media is not an object');
  const wrong = fields(media, ['payload'], 'media.');
  if (wrong) return wrong;
  const payload = media['payload'];
  if (typeof payload !== 'string' || payload === '') return invalid('media.payload is empty');
  const audio = Buffer.from(payload, 'base64');
  // Buffer.from skips what is not base64: only the way back tells.
  if (audio.toString('base64') !== payload) return invalid('media.payload is not base64');
  return { kind: 'media', audio };
};

const readMark = (mark: unknown): IncomingMessage => {
  if (!isRecord(mark)) return invalid('mark is not an object');
  const wrong = fields(mark, ['name'], 'mark.');
  if (wrong) return wrong;
  return typeof mark['name'] === 'string' ? { kind: 'mark', name: mark['name'] } : invalid('mark.name');
};

/** An invalid message unless the record has exactly these fields. */
const fields = (
  record: Record<string, unknown>,
  expected: readonly string[],
  prefix = '',
): IncomingMessage | undefined => {
  const extra = Object.keys(record).find((name) => !expected.includes(name));
  if (extra !== undefined) return invalid(`extra field ${prefix}${extra}`);
  const missing = expected.find((name) => !(name in record));
  return missing === undefined ? undefined : invalid(`missing field ${prefix}${missing}`);
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
