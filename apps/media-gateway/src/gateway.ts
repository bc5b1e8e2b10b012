import { type ProfileSnapshot } from '@frontdesk/contracts';
import { type Clock, newTraceparent } from '@frontdesk/runtime';
import { connectStream, sayAndRecord, type StreamTokens, type TwilioAccounts } from '@frontdesk/telephony';
import { instructionsFor } from './call/instructions';
import { CallSession } from './call/call-session';
import { type CallScript, type CallSettings } from './call/call-session-options';
import { type CallCarrier } from './call/call-carrier';
import { type PastLoader } from './call/past-loader';
import { type RecordingStarter } from './call/recording-starter';
import { CallEventPublisher, type Offer } from './events/call-event-publisher';
import { type GatewayEvents } from './events';
import { type GatewayPeers } from './peers/gateway-peers';
import { type PlayoutClock } from './playout/playout-clock';
import { type CallProfile } from './profiles/default-profile';
import { type FramesStore } from './profiles/frames-store';
import { type ProfileStore } from './profiles/profile-store';
import { type AttemptScript, type AttemptScripts } from './profiles/attempt-scripts';
import { StreamRefusal } from './streams/refusals';
import { type AcceptedStream } from './streams/stream-acceptor';
import { type CallRecord, type StreamRegistry } from './streams/stream-registry';
import { type CallRedirector, type RedirectReason } from './watchdog/call-redirector';
import { fallbackPrompt } from './watchdog/fallback-prompt';
import { type StartWatch } from './watchdog/start-watch';

/** Twilio opens the stream within seconds; a token is good for no longer than the start watch could care. */
const TOKEN_MS = 60_000;
/** The message a caller may leave (IN4). */
const MESSAGE_MAX_SEC = 30;
const MESSAGE_SILENCE_SEC = 4;

/** Once a minute, at four beats a second. */
const SWEEP_EVERY_BEATS = 240;

export interface GatewayParts {
  readonly settings: CallSettings;
  readonly clock: Clock;
  readonly playoutClock: PlayoutClock;
  readonly registry: StreamRegistry;
  readonly profiles: ProfileStore;
  readonly defaultProfile: CallProfile;
  readonly attempts: AttemptScripts;
  readonly frames: FramesStore;
  readonly tokens: StreamTokens;
  readonly accounts: TwilioAccounts;
  readonly peers: GatewayPeers;
  readonly startWatch: StartWatch;
  readonly redirector: CallRedirector;
  readonly carrier: CallCarrier;
  readonly startRecording: RecordingStarter;
  readonly loadPast: PastLoader;
  readonly events: GatewayEvents;
  readonly offer: Offer;
  readonly internalUrl: () => string;
  /** Absolute URLs of paths, as Twilio is given them. */
  readonly publicUrl: { http(path: string): string; webSocket(path: string): string };
}

/** A call as a webhook tells of it. */
export interface AnnouncedCall {
  readonly callSid: string;
  readonly accountSid: string | null;
  readonly direction: 'inbound' | 'outbound';
  readonly from: string;
  readonly to: string;
  readonly businessId: string | null;
  readonly attemptId: string | null;
  readonly traceparent: string;
}

/** What the routes and the stream server do to calls: the rules of §IN in one place. */
export class Gateway {
  private readonly sessions = new Set<CallSession>();
  private beats = 0;

  constructor(readonly parts: GatewayParts) {}

  /** A call is to be connected to the agent: answers the TwiML, begins to wait for its stream. */
  connect(call: AnnouncedCall): string {
    const { registry, startWatch } = this.parts;
    const isNew = registry.get(call.callSid) === undefined;
    const record = registry.open(call.callSid, () => ringing(call, 1));
    if (isNew) {
      const { direction, from, to, attemptId } = call;
      this.publisherOf(record, 0).publish('call.incoming', {
        direction,
        from,
        to,
        attemptId,
        locale: this.localeOf(call),
      });
    }
    if (record.phase === 'ringing') startWatch.arm(call.callSid, record.generation);
    return this.streamTwiml(record, record.generation);
  }

  /** The stream of a call broke while the call lives: it is taken up again by a stream of the next generation. */
  reconnect(call: AnnouncedCall, generation: number): string {
    const { registry, startWatch } = this.parts;
    const record = registry.open(call.callSid, () => ringing(call, generation));
    record.phase = 'ringing';
    record.generation = Math.max(record.generation, generation);
    startWatch.arm(call.callSid, record.generation);
    return this.streamTwiml(record, record.generation);
  }

  /** TwiML of the fallback: a prompt, then the message. */
  fallbackTwiml(profile: CallProfile): string {
    const { publicUrl } = this.parts;
    return sayAndRecord({
      prompt: fallbackPrompt(profile),
      actionUrl: publicUrl.http('/webhook/handle_recording'),
      recordingStatusCallbackUrl: publicUrl.http('/webhook/recording_status'),
      maxLengthSec: MESSAGE_MAX_SEC,
      silenceSec: MESSAGE_SILENCE_SEC,
      beep: false,
    });
  }

  /** The call cannot go to the agent: the answer to its webhook is the fallback itself. */
  fallBack(call: AnnouncedCall, reason: RedirectReason): string {
    const { registry, startWatch } = this.parts;
    const record = registry.open(call.callSid, () => ringing(call, 1));
    startWatch.disarm(call.callSid, record.generation);
    record.phase = 'redirecting';
    record.isFallbackFetched = true;
    this.parts.events.ofCall(call.callSid).redirected(reason, 0);
    this.redirected(record, reason);
    return this.fallbackTwiml(this.profileOf(record.businessId));
  }

  /** Too many calls, or the process is about to end: the caller may leave a message. */
  refuse(call: AnnouncedCall): string {
    const { direction, from, to, attemptId } = call;
    if (!this.parts.registry.get(call.callSid))
      new CallEventPublisher(call, 0, this.parts.offer, () => null).publish('call.incoming', {
        direction,
        from,
        to,
        attemptId,
        locale: this.localeOf(call),
      });
    return this.fallBack(call, 'overload');
  }

  /** The business's language, for its transcripts; the default profile is nobody's and names none. */
  private localeOf({ businessId }: AnnouncedCall): string | undefined {
    return businessId === null ? undefined : this.parts.profiles.byBusinessId(businessId)?.locale;
  }

  profileOf(businessId: string | null): CallProfile {
    const known = businessId === null ? undefined : this.parts.profiles.byBusinessId(businessId);
    return known ?? this.parts.defaultProfile;
  }

  profileOfNumber(number: string): ProfileSnapshot | undefined {
    return this.parts.profiles.byCalledNumber(number);
  }

  /** A stream started with a token that holds. Throws {@link StreamRefusal}. */
  accept({ stream, start, claims, link, tell }: AcceptedStream): void {
    const { parts } = this;
    const events = parts.events.ofCall(start.callSid);
    const profile = this.profileOf(claims.businessId);
    const record = parts.registry.open(start.callSid, () =>
      ringing(
        {
          callSid: start.callSid,
          accountSid: start.accountSid,
          businessId: claims.businessId,
          direction: claims.attemptId ? 'outbound' : 'inbound',
          from: '',
          to: '',
          attemptId: claims.attemptId ?? null,
          traceparent: newTraceparent(),
        },
        claims.generation,
      ),
    );
    if (record.usedTokens.has(claims.jti)) throw new StreamRefusal('token-used');
    if (record.phase === 'redirecting' || record.phase === 'ended')
      throw new StreamRefusal('call-over', record.phase);
    record.usedTokens.add(claims.jti);
    stream.nameEvents(events);
    const session: CallSession = new CallSession({
      settings: parts.settings,
      clock: parts.clock,
      playoutClock: parts.playoutClock,
      stream,
      streamSid: start.streamSid,
      generation: claims.generation,
      record,
      accountSid: start.accountSid,
      profile,
      link,
      frames: parts.frames,
      events,
      publisher: this.publisherOf(record, claims.generation, () => session.streamMs()),
      carrier: parts.carrier,
      startRecording: parts.startRecording,
      redirect: (reason) => void parts.redirector.redirect(record, reason),
      onOver: () => this.sessionOver(record, session),
    });
    if (!parts.registry.started(record, session)) {
      session.playout.close();
      throw new StreamRefusal('older-generation');
    }
    this.sessions.add(session);
    events.wsStart(start.streamSid, claims.generation);
    tell(session, () => session.history());
    stream.listener = session;
    this.begin(session, profile, record);
    this.reportStarted(record, claims.iss, { ...claims, streamSid: start.streamSid }, session);
  }

  /** At once when all is at hand. An attempt of another replica's webhook, or a call taken up again, is asked for. */
  private begin(session: CallSession, profile: CallProfile, record: CallRecord): void {
    const { attempts, loadPast, events } = this.parts;
    const { attemptId, traceparent, callSid } = record;
    const isResumed = session.generation > 1;
    const known = attemptId ? attempts.get(attemptId) : null;
    if (known !== undefined && !isResumed) return session.begin(scriptOf(profile, known));
    Promise.all([
      attemptId ? attempts.load(attemptId, traceparent) : null,
      isResumed ? loadPast(callSid, traceparent) : [],
    ])
      .then(([script, past]) => session.begin(scriptOf(profile, script), past))
      .catch((error: unknown) => events.failed('beginning a call', error));
  }

  /** A token issued here was used; false when it was used before. */
  tokenUsed(callSid: string, use: { jti: string; generation: number; streamSid: string }): boolean {
    const { registry, startWatch } = this.parts;
    startWatch.disarm(callSid, use.generation);
    const record = registry.get(callSid);
    if (!record) return true;
    if (record.usedTokens.has(use.jti)) return false;
    record.usedTokens.add(use.jti);
    if (record.phase === 'ringing') record.phase = 'live';
    record.generation = Math.max(record.generation, use.generation);
    return true;
  }

  /** The start watch ran out: unless another replica has the stream, the call goes to the fallback. */
  async startMissing(callSid: string, generation: number): Promise<void> {
    const { registry, peers, redirector, events, internalUrl } = this.parts;
    const record = registry.get(callSid);
    if (!record || record.phase !== 'ringing' || record.generation !== generation) return;
    const answers = await peers.ask(callSid);
    if (answers.some(({ generation: theirs, phase }) => theirs >= generation && phase !== 'ringing')) return;
    // The same webhook was fetched from two replicas: both watch, the first by address acts.
    if (answers.some(({ url, phase }) => phase === 'ringing' && url < internalUrl())) return;
    events.ofCall(callSid).watchdog('WD_NO_STREAM_START', { generation });
    await redirector.redirect(record, 'no-stream-start');
  }

  redirected(record: CallRecord, reason: RedirectReason): void {
    this.publisherOf(record, 0, () => null, REDIRECTED_SEQ).publish('call.redirected', { reason });
  }

  /** Twilio says the call is over. A call that never had a stream here is told of now; else its stream does that. */
  callOver(callSid: string): void {
    const { registry, startWatch } = this.parts;
    const record = registry.get(callSid);
    if (!record || record.phase === 'ended') return;
    startWatch.disarm(callSid, record.generation);
    const reason = record.phase === 'redirecting' ? 'redirected' : 'caller-hung-up';
    registry.ended(record);
    if (record.streamSid !== null || record.generation > 1) return;
    const durationMs = Date.now() - record.startedAt.getTime();
    this.publisherOf(record, 0, () => null, ENDED_SEQ).publish('call.ended', {
      reason,
      durationMs,
      figures: none,
    });
  }

  beat(): void {
    this.beats += 1;
    if (this.beats % SWEEP_EVERY_BEATS === 0) this.parts.registry.sweep();
    for (const session of this.sessions) {
      try {
        session.beat();
      } catch (error) {
        this.parts.events.wsHandlerError(error);
      }
    }
  }

  /** For the metrics: how many calls there are, and how full their TX queues. */
  liveFigures(): { count: number; queuedFrames: number; deepestQueue: number } {
    let queuedFrames = 0;
    let deepestQueue = 0;
    for (const { playout } of this.sessions) {
      queuedFrames += playout.tx.depth;
      deepestQueue = Math.max(deepestQueue, playout.tx.maxDepth);
    }
    return { count: this.sessions.size, queuedFrames, deepestQueue };
  }

  get liveCalls(): number {
    return this.sessions.size;
  }

  /** Closes what is left when the process must end. */
  abandonAll(): void {
    for (const session of this.sessions) session.abandon();
  }

  private sessionOver(record: CallRecord, session: CallSession): void {
    this.sessions.delete(session);
    this.parts.registry.stopped(record, session);
  }

  private reportStarted(
    record: CallRecord,
    issuer: string,
    use: { jti: string; generation: number; streamSid: string },
    session: CallSession,
  ): void {
    const { startWatch, peers, internalUrl } = this.parts;
    startWatch.disarm(record.callSid, use.generation);
    if (issuer === internalUrl()) return;
    const { jti, generation, streamSid } = use;
    void peers.reportStarted(issuer, record.callSid, { jti, generation, streamSid }).then((accepted) => {
      if (!accepted) session.supersede();
    });
  }

  private streamTwiml(record: CallRecord, generation: number): string {
    const { tokens, publicUrl, internalUrl } = this.parts;
    const { callSid, businessId, attemptId } = record;
    const token = tokens.sign(
      {
        callSid,
        businessId,
        carrier: 'twilio',
        generation,
        iss: internalUrl(),
        ...(attemptId ? { attemptId } : {}),
      },
      TOKEN_MS,
    );
    return connectStream({
      url: publicUrl.webSocket('/ws/twilio-media'),
      actionUrl: publicUrl.http('/webhook/stream_ended'),
      statusCallbackUrl: publicUrl.http('/webhook/stream_status'),
      parameters: { call_sid: callSid, business_id: businessId ?? '', token },
    });
  }

  private publisherOf(
    record: CallRecord,
    generation: number,
    streamMs: () => number | null = () => null,
    firstSeq = 0,
  ): CallEventPublisher {
    const { callSid, businessId, accountSid, traceparent } = record;
    const call = { callSid, businessId, accountSid, traceparent };
    return new CallEventPublisher(call, generation, this.parts.offer, streamMs, firstSeq);
  }
}

const scriptOf = (profile: CallProfile, attempt: AttemptScript | null | undefined): CallScript => ({
  greeting: attempt ? { key: attempt.openingKey, text: attempt.openingText } : profile.greeting,
  instructions: instructionsFor(profile, attempt?.instructions),
});

/** What is known of a call before its stream opens. */
const ringing = (call: AnnouncedCall, generation: number) => ({
  ...call,
  phase: 'ringing' as const,
  generation,
  streamSid: null,
  startedAt: new Date(),
});

/** Generation 0 has at most three events, each once: 0 incoming, and these. */
const REDIRECTED_SEQ = 1;
const ENDED_SEQ = 2;

/** Figures of a call without a stream. */
const none = {
  framesSent: 0,
  framesDropped: 0,
  fps: null,
  maxGapMs: 0,
  maxQueueDepth: 0,
  underruns: 0,
  bargeIns: 0,
  firstAudioMs: null,
};
