import { randomBytes } from 'node:crypto';
import { v7 } from 'uuid';

/** A new id of ours: UUIDv7, so that ids sort by time. */
export const newId = (): string => v7();

/** A new W3C trace context, or a child of the given one (same trace, new span). */
export const newTraceparent = (parent?: string | null): string => {
  const traceId = parent?.split('-')[1] ?? randomBytes(16).toString('hex');
  return `00-${traceId}-${randomBytes(8).toString('hex')}-01`;
};
