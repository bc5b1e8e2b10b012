import { type Clock } from '@frontdesk/runtime';
import { type CallCarrier } from './call-carrier';
import { type RecordingStarter } from './recording-starter';
import { type CallEventPublisher } from '../events/call-event-publisher';
import { type GatewayEvents } from '../events';
import { type ModelLink } from '../model/model-link';
import { type PlayoutClock } from '../playout/playout-clock';
import { type CallProfile } from '../profiles/default-profile';
import { type FramesStore } from '../profiles/frames-store';
import { type MediaStream } from '../streams/media-stream';
import { type CallRecord } from '../streams/stream-registry';
import { type HttpToolParts } from '../tools/http-tool';
import { type RedirectReason } from '../watchdog/call-redirector';
import { type MediaWatchTimes } from '../watchdog/media-watch';

/** What the environment says about every call. */
export interface CallSettings {
  readonly txLeadMs: number;
  readonly txQueueMaxFrames: number;
  readonly modelAppendMs: number;
  readonly agentSilenceMs: number;
  readonly greetingProtectMs: number;
  readonly bargeInClear: boolean;
  /** Over all streams of the call. */
  readonly maxCallMs: number;
  readonly mediaWatch: MediaWatchTimes;
}

/** What is said first, and how the agent is to be: from the business, or from a campaign's attempt. */
export interface CallScript {
  readonly greeting: { readonly key: string | null; readonly text: string };
  readonly instructions: string;
  /** Whom we called; null for an inbound call, or where it is not known here. */
  readonly calledNumber: string | null;
}

/** What one stream of one call is made of. */
export interface CallSessionOptions {
  readonly settings: CallSettings;
  readonly clock: Clock;
  readonly playoutClock: PlayoutClock;
  readonly stream: MediaStream;
  readonly streamSid: string;
  readonly generation: number;
  readonly record: CallRecord;
  readonly accountSid: string;
  readonly profile: CallProfile;
  readonly link: ModelLink;
  readonly frames: FramesStore;
  readonly events: GatewayEvents;
  readonly publisher: CallEventPublisher;
  readonly carrier: CallCarrier;
  readonly startRecording: RecordingStarter;
  /** How tools of businesses are reached. */
  readonly http: HttpToolParts;
  /** How the transfer ended that this stream comes back from; null for any other stream. */
  readonly transferOutcome: string | null;
  readonly redirect: (reason: RedirectReason) => void;
  /** The stream is over, and everything about it was told. */
  readonly onOver: () => void;
}
