import { deleteCalls } from './delete-call';
import { reconcileNow } from './reconcile-now';
import { requeue } from './requeue-dead-letters';
import { retranscribe } from './retranscribe';

/** Operators' scripts by name: `node main.js NAME [WORDS]`. Each does its work, says what it did in one line, and ends. */
export const scripts = {
  retranscribe,
  'requeue-dead-letters': requeue,
  'reconcile-now': reconcileNow,
  'delete-call': deleteCalls,
} satisfies Record<string, (words: readonly string[]) => Promise<void>>;
