import { type LiveStream, type NewCall } from '../src/streams/stream-registry';

/** What is known of a call whose stream is awaited. */
export const newCall = (callSid: string, change: Partial<NewCall> = {}): NewCall => ({
  callSid,
  accountSid: null,
  businessId: null,
  direction: 'inbound',
  from: '',
  to: '',
  attemptId: null,
  traceparent: '',
  phase: 'ringing',
  generation: 1,
  resumes: 0,
  streamSid: null,
  startedAt: new Date(0),
  ...change,
});

/** A stream that does nothing. */
export const quietStream = (generation: number, change: Partial<LiveStream> = {}): LiveStream => ({
  generation,
  streamSid: `MZ${generation}`,
  startedAt: new Date(0),
  supersede: () => undefined,
  abandon: () => undefined,
  history: () => [],
  describe: () => ({ speaking: 'nobody', queueDepth: 0, lastWords: '' }),
  pauseMs: () => 0,
  hangUp: () => undefined,
  transfer: () => undefined,
  leaveMessage: () => true,
  ...change,
});
