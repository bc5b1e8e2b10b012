import type { CallWorld } from '../call/call-world';
import type { RecordingStore } from '../recording/recording-store';

/** What instructions reach: `<Record>` and `<Dial>` record. */
export interface TwimlWorld extends CallWorld {
  readonly recordings: RecordingStore;
}
