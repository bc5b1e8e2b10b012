import { type CallPhase } from '@frontdesk/contracts';
import { type HistoryItem } from '../model/model-link';

/** How long a call without a stream is still known: Twilio's late requests must not be taken for a live call. */
const REMEMBER_MS = 10 * 60 * 1000;

/** What this replica knows of a call. */
export interface CallRecord {
  readonly callSid: string;
  readonly accountSid: string | null;
  businessId: string | null;
  readonly direction: 'inbound' | 'outbound';
  readonly from: string;
  readonly to: string;
  readonly attemptId: string | null;
  readonly traceparent: string;
  phase: CallPhase;
  /** Generation of the newest stream token issued or stream accepted here; 0 before any. */
  generation: number;
  /** How often it was taken up again after a stream that broke. */
  resumes: number;
  streamSid: string | null;
  /** When the call began. */
  readonly startedAt: Date;
  /** How the transfer ended that the newest stream comes back from. */
  transferOutcome?: string | null;
  /** Tokens that opened a stream, each with the SID of that stream. */
  readonly usedTokens: Map<string, string>;
  /** The fallback was fetched: the redirect is known to have worked. */
  isFallbackFetched: boolean;
  /** This replica ends and closed the stream itself: another one is to take the call up. */
  isHandedOver: boolean;
  /** The conversation as it was heard, once the stream here is over; for whoever takes the call up. */
  past: readonly HistoryItem[] | null;
  /** Set while this replica holds the call's stream. */
  session: LiveStream | null;
  /** Epoch time since when it has had no stream. */
  idleSinceMs: number;
}

/** The live stream of a call, as the registry and the routes need it. */
export interface LiveStream {
  readonly generation: number;
  readonly streamSid: string;
  readonly startedAt: Date;
  /** A newer stream has the call: end without side effects. */
  supersede(): void;
  /** Closes the stream; the call lives and is taken up again (IN5). */
  abandon(): void;
  /** The conversation as it was heard, oldest first. */
  history(): readonly HistoryItem[];
  describe(): { speaking: 'caller' | 'agent' | 'both' | 'nobody'; queueDepth: number; lastWords: string };
  /**
   * For how long nobody has spoken or waited for an answer, with every word said so far in the history, ms; null while
   * that is not so. Known to a beat (250 ms): a pause may be so much older.
   */
  pauseMs(): number | null;
  hangUp(): void;
  transfer(to: string): void;
  /**
   * A machine answered: it gets the call's opening as a message, whole and once, and the call ends.
   * @returns false when the call is about to end already
   */
  leaveMessage(): boolean;
}

/** What must be said of a call that is not known yet. */
export type NewCall = Omit<
  CallRecord,
  'usedTokens' | 'isFallbackFetched' | 'isHandedOver' | 'past' | 'session' | 'idleSinceMs'
>;

/** Calls by SID. What Twilio's `start` said is the only thing that makes a stream known (IN3). */
export class StreamRegistry {
  private readonly records = new Map<string, CallRecord>();

  constructor(private readonly nowMs: () => number = Date.now) {}

  get(callSid: string): CallRecord | undefined {
    return this.records.get(callSid);
  }

  /** The record of a call, made when it is not known. */
  open(callSid: string, make: () => NewCall): CallRecord {
    const known = this.records.get(callSid);
    if (known) return known;
    const record: CallRecord = {
      ...make(),
      usedTokens: new Map<string, string>(),
      isFallbackFetched: false,
      isHandedOver: false,
      past: null,
      session: null,
      idleSinceMs: this.nowMs(),
    };
    this.records.set(callSid, record);
    return record;
  }

  /**
   * A stream started. An older stream of the call closes; an older one than the known is refused.
   * @returns false when a newer stream has the call
   */
  started(record: CallRecord, stream: LiveStream): boolean {
    if (record.generation > stream.generation) return false;
    const older = record.session;
    record.session = stream;
    record.isHandedOver = false;
    record.past = null;
    record.generation = Math.max(record.generation, stream.generation);
    record.streamSid = stream.streamSid;
    record.phase = 'live';
    older?.supersede();
    return true;
  }

  /**
   * A stream of the call started at another replica, or a newer one was asked for. An older stream here closes.
   * @returns false when a newer stream than that is known
   */
  startedElsewhere(record: CallRecord, generation: number): boolean {
    if (record.generation > generation) return false;
    const isNewer = record.generation < generation;
    record.generation = generation;
    if (record.session && record.session.generation < generation) record.session.supersede();
    // A report that comes late does not bring a call back that has ended or left meanwhile; a newer stream does.
    const mayLive = record.phase === 'ringing' || (isNewer && record.phase !== 'redirecting');
    if (!record.session && mayLive) record.phase = 'live';
    return true;
  }

  /** The stream is over; the call may go on. */
  stopped(record: CallRecord, stream: LiveStream): void {
    if (record.session !== stream) return;
    record.session = null;
    record.past = stream.history();
    record.idleSinceMs = this.nowMs();
  }

  /** The call is over; it is remembered for a while. */
  ended(record: CallRecord): void {
    record.phase = 'ended';
    record.idleSinceMs = this.nowMs();
  }

  /** Forgets calls that have had no stream for a while. */
  sweep(): void {
    const before = this.nowMs() - REMEMBER_MS;
    for (const [callSid, { session, idleSinceMs }] of this.records)
      if (!session && idleSinceMs < before) this.records.delete(callSid);
  }

  /** Streams that are open here. */
  live(): CallRecord[] {
    return [...this.records.values()].filter(({ session }) => session !== null);
  }
}
