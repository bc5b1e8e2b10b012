import { type ProfileSnapshot } from '@frontdesk/contracts';
import { type CallSession } from './call/call-session';
import { type AnnouncedCall, ringing } from './calls/announced-call';
import { CallAnswers } from './calls/call-answers';
import { type CallUrls } from './calls/call-urls';
import { actsOnMissingStart } from './calls/start-missing';
import { StreamIntake, type StreamIntakeOptions } from './calls/stream-intake';
import { type CallProfile } from './profiles/default-profile';
import { type ProfileStore } from './profiles/profile-store';
import { type AudioUrls } from './prompts/audio-urls';
import { type AcceptedStream } from './streams/stream-acceptor';
import { type CallRecord } from './streams/stream-registry';

export { type AnnouncedCall } from './calls/announced-call';

/** Once a minute, at four beats a second. */
const SWEEP_EVERY_BEATS = 240;

/** A peer that was too slow for one question answers the next; meanwhile a lost report comes. */
const ASK_AGAIN_MS = 1000;

export interface GatewayParts extends Omit<StreamIntakeOptions, 'profileOf' | 'onSession' | 'onOver'> {
  readonly profiles: ProfileStore;
  readonly defaultProfile: CallProfile;
  readonly urls: CallUrls;
  readonly audioUrls: AudioUrls;
  /** Absolute URLs of paths, as Twilio is given them. */
  readonly publicUrl: { http(path: string): string };
}

/** What the routes and the stream server do to calls: the rules of §IN. */
export class Gateway {
  readonly answers: CallAnswers;
  private readonly intake: StreamIntake;
  private readonly sessions = new Set<CallSession>();
  private beats = 0;
  /** Start watches that ran out and are not settled yet. */
  private missingStarts = 0;

  constructor(readonly parts: GatewayParts) {
    const profileOf = (businessId: string | null): CallProfile => this.profileOf(businessId);
    this.answers = new CallAnswers({ ...parts, profileOf });
    this.intake = new StreamIntake({
      ...parts,
      profileOf,
      onSession: (session) => this.sessions.add(session),
      onOver: (record, session) => this.sessionOver(record, session),
    });
  }

  profileOf(businessId: string | null): CallProfile {
    const known = businessId === null ? undefined : this.parts.profiles.byBusinessId(businessId);
    return known ?? this.parts.defaultProfile;
  }

  profileOfNumber(number: string): ProfileSnapshot | undefined {
    return this.parts.profiles.byCalledNumber(number);
  }

  /** A stream started with a token that holds. Throws `StreamRefusal`. */
  accept(stream: AcceptedStream): void {
    this.intake.accept(stream);
  }

  /**
   * A stream of the call started at another replica. The same report again, also one from ourselves under another
   * address, changes nothing.
   * @returns false when another stream used its token before, or a newer stream has the call
   */
  startedElsewhere(callSid: string, use: { jti: string; generation: number; streamSid: string }): boolean {
    const { registry, startWatch } = this.parts;
    startWatch.disarm(callSid, use.generation);
    const record = registry.get(callSid);
    if (!record) return true;
    const usedBy = record.usedTokens.get(use.jti);
    if (usedBy !== undefined) return usedBy === use.streamSid && record.generation <= use.generation;
    record.usedTokens.set(use.jti, use.streamSid);
    return registry.startedElsewhere(record, use.generation);
  }

  /** The start watch ran out: unless another replica, asked twice, has the stream, the call goes to the fallback. */
  async startMissing(callSid: string, generation: number): Promise<void> {
    this.missingStarts += 1;
    try {
      await this.settleMissingStart(callSid, generation);
    } finally {
      this.missingStarts -= 1;
    }
  }

  /**
   * Twilio could not open a stream, or lost it before its start: the fallback at once (IN4). A stream that broke is no
   * reason: its `<Connect>` is over, and what then becomes of the call is asked for.
   * @param neverOpened by Twilio's error: known even where nobody knows the call any more
   */
  async streamFailed(call: AnnouncedCall, generation: number, neverOpened: boolean): Promise<void> {
    const { registry, peers, redirector } = this.parts;
    if (!registry.get(call.callSid) && !neverOpened) return;
    const record = registry.open(call.callSid, () => ringing(call, generation));
    if (record.phase !== 'ringing' || record.generation > generation) return;
    await redirector.redirect(record, 'stream-error', async () => {
      const answers = await peers.ask(call.callSid);
      return answers.every(({ phase }) => phase === 'ringing');
    });
  }

  /** Twilio says the call is over. A call that never had a stream here is told of now; else its stream does that. */
  callOver(callSid: string): void {
    const { registry, startWatch, announcer } = this.parts;
    const record = registry.get(callSid);
    if (!record || record.phase === 'ended') return;
    startWatch.disarm(callSid, record.generation);
    const reason = record.phase === 'redirecting' ? 'redirected' : 'caller-hung-up';
    registry.ended(record);
    // A used token is a stream that started, here or at another replica: that one tells the end.
    if (record.usedTokens.size === 0) announcer.ended(record, reason);
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

  /** Calls whose stream is awaited from here, or is missing and looked after. */
  get awaitedStarts(): number {
    return this.parts.startWatch.size + this.missingStarts;
  }

  get liveCalls(): number {
    return this.sessions.size;
  }

  /** Closes what is left when the process must end. */
  abandonAll(): void {
    for (const session of this.sessions) session.abandon();
  }

  private async settleMissingStart(callSid: string, generation: number): Promise<void> {
    const { registry, peers, redirector, events, internalUrl, clock } = this.parts;
    const record = registry.get(callSid);
    const isDue = (): boolean => record?.phase === 'ringing' && record.generation === generation;
    if (!record || !isDue()) return;
    const watched = { generation, url: internalUrl(), wasTakenUp: record.resumes > 0 };
    const mayAct = async (): Promise<boolean> =>
      actsOnMissingStart(watched, await peers.ask(callSid)) && isDue();
    if (!(await mayAct())) return;
    if (peers.areConfigured) {
      await new Promise<void>((resolve) => clock.setTimer(resolve, ASK_AGAIN_MS));
      if (!isDue() || !(await mayAct())) return;
    }
    events.ofCall(callSid).watchdog('WD_NO_STREAM_START', { generation });
    await redirector.redirect(record, 'no-stream-start');
  }

  private sessionOver(record: CallRecord, session: CallSession): void {
    this.sessions.delete(session);
    this.parts.registry.stopped(record, session);
  }
}
