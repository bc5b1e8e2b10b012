import { randomUUID } from 'node:crypto';
import { v7 } from 'uuid';

/** A new id of ours: UUIDv7, so that ids sort by time. */
export const newId = (): string => v7();

/** A new W3C trace context, or a child of the given one (same trace, new span). */
export const newTraceparent = (parent?: string | null): string => {
  const traceId = parent?.split('-')[1] ?? randomHex();
  return `00-${traceId}-${randomHex().slice(-SPAN_DIGITS)}-01`;
};

const SPAN_DIGITS = 16;

/** 32 hex digits. Node keeps random bytes of UUIDs in stock: one is no job for the crypto library each time. */
const randomHex = (): string => randomUUID().replaceAll('-', '');
