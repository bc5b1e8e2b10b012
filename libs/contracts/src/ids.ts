import { z } from 'zod';

/** Twilio's SID of a call: `CA` and 32 hex digits. Validated before it may touch a path or a query (SE2). */
export const callSidSchema = z.string().regex(/^CA[0-9a-f]{32}$/i, 'must be CA and 32 hex digits');
/** Twilio's SID of a recording: `RE` and 32 hex digits. */
export const recordingSidSchema = z.string().regex(/^RE[0-9a-f]{32}$/i, 'must be RE and 32 hex digits');
/** Twilio's SID of a media stream: `MZ` and 32 hex digits. */
export const streamSidSchema = z.string().regex(/^MZ[0-9a-f]{32}$/i, 'must be MZ and 32 hex digits');
/** Twilio's SID of an account: `AC` and 32 hex digits. */
export const accountSidSchema = z.string().regex(/^AC[0-9a-f]{32}$/i, 'must be AC and 32 hex digits');
/** Our own identifiers are UUIDv7. */
export const uuidSchema = z.uuid();
export const businessIdSchema = uuidSchema;
/** A telephone number in E.164: `+`, then 7 to 15 digits. */
export const e164Schema = z
  .string()
  .regex(/^\+[1-9]\d{6,14}$/, 'must be an E.164 number such as +972501234567');
/** A BCP 47 tag such as `he-IL`. */
export const localeSchema = z
  .string()
  .regex(/^[a-z]{2,3}(-[A-Z]{2})?$/, 'must be a language tag such as he-IL');
/** UTC with milliseconds. */
export const instantSchema = z.iso.datetime({ precision: 3 });
/** Key of synthesized frames: hex SHA-256 of business, locale, voice and the text as spoken (GR3). */
export const framesKeySchema = z.string().regex(/^[0-9a-f]{64}$/);
/** W3C trace context, passed between services in HTTP and Kafka headers. */
export const traceparentSchema = z.string().regex(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/);
