import { sayAndRecord } from '@frontdesk/telephony';
import { type GatewayEvents } from '../events';
import { type CallProfile } from '../profiles/default-profile';
import { type FramesStore } from '../profiles/frames-store';
import { type AudioUrls } from '../prompts/audio-urls';
import { type StreamRegistry } from '../streams/stream-registry';
import { type RedirectReason } from '../watchdog/call-redirector';
import { fallbackPrompt } from '../watchdog/fallback-prompt';
import { type StartWatch } from '../watchdog/start-watch';
import { type AnnouncedCall, ringing } from './announced-call';
import { type CallAnnouncer } from './call-announcer';
import { type CallUrls } from './call-urls';

/** The message a caller may leave (IN4). */
const MESSAGE_MAX_SEC = 30;
const MESSAGE_SILENCE_SEC = 4;

export interface CallAnswersOptions {
  readonly registry: StreamRegistry;
  readonly startWatch: StartWatch;
  readonly urls: CallUrls;
  readonly announcer: CallAnnouncer;
  readonly events: GatewayEvents;
  readonly publicUrl: { http(path: string): string };
  readonly frames: Pick<FramesStore, 'get'>;
  readonly audioUrls: AudioUrls;
  readonly profileOf: (businessId: string | null) => CallProfile;
}

/** What Twilio is answered about a call, and what waiting begins with it. */
export class CallAnswers {
  constructor(private readonly options: CallAnswersOptions) {}

  /**
   * To the first webhook of a call. Fetched again, the answer is the same (IN6): the call is part of what fills us, and is
   * not refused for that; one that was refused stays so, though there be room by now.
   * @param mayConnect whether there is room for one more call
   */
  async answer(call: AnnouncedCall, mayConnect: () => Promise<boolean>): Promise<string> {
    const { registry } = this.options;
    const hasRoom = registry.get(call.callSid) !== undefined || (await mayConnect());
    // The same webhook may have been fetched again, and answered, while room was looked for.
    const known = registry.get(call.callSid);
    // On its way to the fallback, or there: a stream would be refused, and the call cut off.
    if (known?.phase === 'redirecting') {
      known.isFallbackFetched = true;
      return this.fallbackTwiml(known.businessId);
    }
    return known || hasRoom ? this.connect(call) : this.refuse(call);
  }

  /** A call is to be connected to the agent: begins to wait for its stream. */
  connect(call: AnnouncedCall): string {
    const { registry, startWatch, urls, announcer } = this.options;
    const isNew = registry.get(call.callSid) === undefined;
    const record = registry.open(call.callSid, () => ringing(call, 1));
    if (isNew) announcer.incoming(call);
    if (record.phase === 'ringing') startWatch.arm(call.callSid, record.generation);
    return urls.streamTwiml(record);
  }

  /**
   * The stream of a call is over while the call lives: it is taken up again by a stream of the next generation.
   * @param transferOutcome of a transfer that came to nothing; null where the stream broke
   */
  reconnect(
    call: AnnouncedCall,
    generation: number,
    resumes: number,
    transferOutcome: string | null = null,
  ): string {
    const { registry, startWatch, urls } = this.options;
    const record = registry.open(call.callSid, () => ringing(call, generation, resumes));
    record.phase = 'ringing';
    record.generation = Math.max(record.generation, generation);
    record.resumes = resumes;
    record.transferOutcome = transferOutcome;
    startWatch.arm(call.callSid, record.generation);
    return urls.streamTwiml(record);
  }

  /** The call was taken up already, here or elsewhere: the same answer, and nothing else. */
  repeat(call: AnnouncedCall, generation: number, resumes: number): string {
    const { callSid, businessId, attemptId, startedAt } = call;
    const known = this.options.registry.get(callSid);
    const subject =
      known?.generation === generation
        ? known
        : { callSid, businessId, attemptId, generation, resumes, ...(startedAt && { startedAt }) };
    return this.options.urls.streamTwiml(subject);
  }

  /** TwiML of the fallback: a prompt, then the message. Nothing is waited for. */
  fallbackTwiml(businessId: string | null): string {
    const { publicUrl, profileOf, frames, audioUrls } = this.options;
    return sayAndRecord({
      prompt: fallbackPrompt(profileOf(businessId), frames, audioUrls),
      actionUrl: publicUrl.http('/webhook/handle_recording'),
      recordingStatusCallbackUrl: publicUrl.http('/webhook/recording_status'),
      maxLengthSec: MESSAGE_MAX_SEC,
      silenceSec: MESSAGE_SILENCE_SEC,
      beep: false,
    });
  }

  /** The call cannot go to the agent: the answer to its webhook is the fallback itself. */
  fallBack(call: AnnouncedCall, reason: RedirectReason): string {
    const { registry, startWatch, events, announcer } = this.options;
    const record = registry.open(call.callSid, () => ringing(call, 1));
    startWatch.disarm(call.callSid, record.generation);
    record.phase = 'redirecting';
    record.isFallbackFetched = true;
    events.ofCall(call.callSid).redirected(reason, 0);
    announcer.redirected(record, reason);
    return this.fallbackTwiml(record.businessId);
  }

  /** Too many calls, here and everywhere: the caller may leave a message. */
  refuse(call: AnnouncedCall): string {
    this.options.announcer.incoming(call);
    return this.fallBack(call, 'overload');
  }
}
