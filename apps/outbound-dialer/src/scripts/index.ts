import { requeue } from './requeue-dead-letters';

/** Operators' scripts by name: `node main.js NAME [WORDS]`. Each does its work, says what it did in one line, and ends. */
export const scripts = { 'requeue-dead-letters': requeue } satisfies Record<
  string,
  (words: readonly string[]) => Promise<void>
>;
