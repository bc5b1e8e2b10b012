import { z } from 'zod';
import { accountSidSchema, businessIdSchema, instantSchema, traceparentSchema } from './ids';

/**
 * Wraps the data of one event. `id` is what consumers deduplicate by: `<callSid>:<generation>:<seq>` for call events,
 * a UUIDv7 else. Schemas change by addition only; unknown fields are kept by consumers that pass an event on.
 */
export const eventEnvelope = <T extends string, D extends z.ZodType>(type: T, data: D) =>
  z.object({
    id: z.string().min(1).max(200),
    type: z.literal(type),
    v: z.literal(1),
    at: instantSchema,
    /** Null only where no business could be found for a call. */
    businessId: businessIdSchema.nullable(),
    accountSid: accountSidSchema.nullable(),
    traceparent: traceparentSchema.nullable(),
    data,
  });
