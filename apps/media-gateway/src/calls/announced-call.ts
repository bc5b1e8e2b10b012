import { type NewCall } from '../streams/stream-registry';

/** A call as a webhook, or the token that came with it, tells of it. */
export interface AnnouncedCall {
  readonly callSid: string;
  readonly accountSid: string | null;
  readonly direction: 'inbound' | 'outbound';
  readonly from: string;
  readonly to: string;
  readonly businessId: string | null;
  readonly attemptId: string | null;
  readonly traceparent: string;
  /** Left out where nobody says: now. */
  readonly startedAt?: Date | undefined;
}

/** When the call of a token began; undefined where it does not say. */
export const startOf = ({ startedAt }: { readonly startedAt?: number }): Date | undefined =>
  startedAt === undefined ? undefined : new Date(startedAt * 1000);

/** What is known of a call before its stream opens. */
export const ringing = (call: AnnouncedCall, generation: number, resumes = 0): NewCall => ({
  ...call,
  phase: 'ringing',
  generation,
  resumes,
  streamSid: null,
  startedAt: call.startedAt ?? new Date(),
});
