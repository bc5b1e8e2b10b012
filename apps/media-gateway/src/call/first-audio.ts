import { type Clock } from '@frontdesk/runtime';
import { type CallEventDetail } from '@frontdesk/contracts';
import { type RecordingStarter } from './recording-starter';
import { type CallEventPublisher } from '../events/call-event-publisher';
import { type GatewayEvents } from '../events';
import { type CallRecord } from '../streams/stream-registry';

/** In a later stream of a call, which is recorded already as a rule: not while many calls may be taken up at once. */
const LATER_MS = 4000;

export interface FirstAudioOptions {
  readonly clock: Clock;
  readonly generation: number;
  readonly record: Pick<CallRecord, 'callSid' | 'traceparent'>;
  readonly businessId: string | null;
  readonly accountSid: string;
  readonly startRecording: RecordingStarter;
  readonly events: GatewayEvents;
  readonly publisher: CallEventPublisher;
  /** Aborted when the call is over. */
  readonly ended: AbortSignal;
}

/** What the first frame of a stream brings about (RT8): it is told, and the recording is asked for. */
export class FirstAudio {
  constructor(private readonly options: FirstAudioOptions) {}

  /** Off the send: logging, events and the recording come after the frames have left. */
  sent(latencyMs: number, source: CallEventDetail<'call.first-audio'>['source']): void {
    setImmediate(() => {
      this.options.events.firstAudioSent(latencyMs, source);
      this.options.publisher.publish('call.first-audio', { latencyMs, source });
      this.askForRecording();
    });
  }

  /** In every generation: the one before may have died first. A recording belongs to the call, and is begun once. */
  private askForRecording(): void {
    const { clock, generation, ended } = this.options;
    if (ended.aborted) return;
    if (generation === 1) return void this.startRecording();
    const timer = clock.setTimer(() => void this.startRecording(), LATER_MS);
    ended.addEventListener('abort', () => timer.cancel(), { once: true });
  }

  private async startRecording(): Promise<void> {
    const { startRecording, record, accountSid, events, publisher, businessId, ended } = this.options;
    const { callSid, traceparent } = record;
    try {
      const recordingSid = await startRecording({ callSid, businessId, accountSid, traceparent }, ended);
      events.recordingStarted(recordingSid);
      publisher.publish('call.recording-started', { recordingSid });
    } catch (error) {
      if (!ended.aborted) events.recordingNotStarted(error);
    }
  }
}
