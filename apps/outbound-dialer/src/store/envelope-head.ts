import { newId, newTraceparent } from '@frontdesk/runtime';

/** What an event has before anything is known of what it tells: its id, its moment, its trace. */
export const envelopeHead = <T extends string>(type: T) => ({
  id: newId(),
  type,
  v: 1 as const,
  at: new Date().toISOString(),
  traceparent: newTraceparent(),
});
