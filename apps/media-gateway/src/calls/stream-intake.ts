import { type Clock, newTraceparent } from '@frontdesk/runtime';
import { instructionsFor } from '../call/instructions';
import { CallSession } from '../call/call-session';
import { type CallCarrier } from '../call/call-carrier';
import { type CallScript, type CallSettings } from '../call/call-session-options';
import { type PastLoader } from '../call/past-loader';
import { type RecordingStarter } from '../call/recording-starter';
import { type GatewayEvents } from '../events';
import { type HandOver } from '../hand-over';
import { type GatewayPeers } from '../peers/gateway-peers';
import { type PlayoutClock } from '../playout/playout-clock';
import { type AttemptScript, type AttemptScripts } from '../profiles/attempt-scripts';
import { type CallProfile } from '../profiles/default-profile';
import { type FramesStore } from '../profiles/frames-store';
import { StreamRefusal } from '../streams/refusals';
import { type AcceptedStream } from '../streams/stream-acceptor';
import { type CallRecord, type StreamRegistry } from '../streams/stream-registry';
import { type HttpToolParts } from '../tools/http-tool';
import { type CallRedirector } from '../watchdog/call-redirector';
import { type StartWatch } from '../watchdog/start-watch';
import { ringing, startOf } from './announced-call';
import { type CallAnnouncer } from './call-announcer';

export interface StreamIntakeOptions {
  readonly settings: CallSettings;
  readonly clock: Clock;
  readonly playoutClock: PlayoutClock;
  readonly registry: StreamRegistry;
  readonly profileOf: (businessId: string | null) => CallProfile;
  readonly attempts: AttemptScripts;
  readonly frames: FramesStore;
  readonly peers: GatewayPeers;
  readonly startWatch: StartWatch;
  readonly redirector: CallRedirector;
  readonly carrier: CallCarrier;
  readonly startRecording: RecordingStarter;
  readonly http: HttpToolParts;
  readonly loadPast: PastLoader;
  readonly announcer: CallAnnouncer;
  readonly handOver: HandOver;
  readonly events: GatewayEvents;
  readonly internalUrl: () => string;
  /** Told of each session that begins and is over. */
  readonly onSession: (session: CallSession) => void;
  readonly onOver: (record: CallRecord, session: CallSession) => void;
}

/** From a stream that may carry its call to the call's session. */
export class StreamIntake {
  constructor(private readonly options: StreamIntakeOptions) {}

  /** A stream started with a token that holds. Throws {@link StreamRefusal}. */
  accept({ stream, start, claims, link, tell }: AcceptedStream): void {
    const { options } = this;
    const { registry } = options;
    const events = options.events.ofCall(start.callSid);
    const profile = options.profileOf(claims.businessId);
    const { callSid, accountSid } = start;
    const { businessId, generation, resumes = 0 } = claims;
    const attemptId = claims.attemptId ?? null;
    const startedAt = startOf(claims);
    const record = registry.open(callSid, () => {
      const direction = attemptId ? 'outbound' : 'inbound';
      const traceparent = newTraceparent();
      const numbers = { from: '', to: '' };
      return ringing(
        { callSid, accountSid, businessId, direction, ...numbers, attemptId, traceparent, startedAt },
        generation,
        resumes,
      );
    });
    refuseUnlessDue(record, claims);
    if (options.handOver.isUnderWay) {
      options.handOver.sendOn(record, generation);
      throw new StreamRefusal('leaving');
    }
    record.usedTokens.set(claims.jti, start.streamSid);
    record.resumes = Math.max(record.resumes, resumes);
    stream.nameEvents(events);
    const session: CallSession = new CallSession({
      settings: options.settings,
      clock: options.clock,
      playoutClock: options.playoutClock,
      stream,
      streamSid: start.streamSid,
      generation,
      record,
      accountSid,
      profile,
      link,
      frames: options.frames,
      events,
      publisher: options.announcer.ofStream(record, generation, () => session.streamMs()),
      carrier: options.carrier,
      startRecording: options.startRecording,
      http: options.http,
      transferOutcome: claims.transfer ?? null,
      redirect: (reason) => void options.redirector.redirect(record, reason),
      onOver: () => options.onOver(record, session),
    });
    if (!registry.started(record, session)) {
      session.playout.close();
      throw new StreamRefusal('older-generation');
    }
    options.onSession(session);
    // From here on the session's end is told by its stream: whatever fails now closes it, and Twilio asks what is next.
    stream.listener = session;
    try {
      events.wsStart(start.streamSid, generation);
      tell(session, () => session.history());
      session.open();
      this.begin(session, profile, record);
    } catch (error) {
      this.notBegun(session, error);
    }
    this.reportStarted(callSid, claims, session);
  }

  /** At once when all is at hand. An attempt of another replica's webhook, or a call taken up again, is asked for. */
  private begin(session: CallSession, profile: CallProfile, record: CallRecord): void {
    const { attempts, loadPast } = this.options;
    const { attemptId, traceparent, callSid } = record;
    const isResumed = session.generation > 1;
    const known = attemptId ? attempts.get(attemptId) : null;
    if (known !== undefined && !isResumed) return session.begin(scriptOf(profile, known));
    Promise.all([
      attemptId ? attempts.load(attemptId, traceparent) : null,
      isResumed ? loadPast(callSid, traceparent) : [],
    ])
      .then(([script, past]) => session.begin(scriptOf(profile, script), past))
      .catch((error: unknown) => this.notBegun(session, error));
  }

  /** Nobody would speak on this stream. */
  private notBegun(session: CallSession, error: unknown): void {
    this.options.events.failed('beginning a call', error);
    session.abandon();
  }

  /** The token's issuer stops its watch; of a call taken up again every replica hears, so that no older stream lives on. */
  private reportStarted(
    callSid: string,
    { iss, jti, generation }: AcceptedStream['claims'],
    session: CallSession,
  ): void {
    const { startWatch, peers, internalUrl, registry } = this.options;
    const isDue = (): boolean => registry.get(callSid)?.session === session;
    startWatch.disarm(callSid, generation);
    const issuers = iss === internalUrl() ? [] : [iss];
    if (issuers.length === 0 && generation === 1) return;
    void peers
      .reportStarted(
        callSid,
        { jti, generation, streamSid: session.streamSid },
        { issuers, all: generation > 1, isDue },
      )
      .then((accepted) => {
        if (!accepted) session.supersede();
      });
  }
}

/** A stream is due once, for a call that is not on its way to the fallback and not over. */
const refuseUnlessDue = (
  record: CallRecord,
  { jti, generation }: Pick<AcceptedStream['claims'], 'jti' | 'generation'>,
): void => {
  if (record.usedTokens.has(jti)) throw new StreamRefusal('token-used');
  if (record.generation > generation) throw new StreamRefusal('older-generation');
  const isOver = record.phase === 'ended' || record.phase === 'ending';
  // What was known to be over and goes on with a later stream is not over.
  if (record.phase === 'redirecting' || (isOver && generation === record.generation))
    throw new StreamRefusal('call-over', record.phase);
};

const scriptOf = (profile: CallProfile, attempt: AttemptScript | null | undefined): CallScript => ({
  greeting: attempt ? { key: attempt.openingKey, text: attempt.openingText } : profile.greeting,
  instructions: instructionsFor(profile, attempt?.instructions),
  calledNumber: attempt?.number ?? null,
});
