import { FRAME_BYTES } from '@frontdesk/audio';
import { type CallEventDetail } from '@frontdesk/contracts';
import { type CallScript } from './call-session-options';
import { type Conversation } from './conversation';
import { firstHeard } from './first-heard';
import { type GatewayEvents } from '../events';
import { type FramesStore } from '../profiles/frames-store';

/** How long a caller waits for the first of a greeting that is not at hand, before the model speaks it (GR5: 1.0 s, 1.5 s). */
const GREETING_FIRST_MS = 900;

export interface GreeterOptions {
  readonly conversation: Pick<Conversation, 'state' | 'greetWithFrames' | 'greetLive' | 'greetByModel'>;
  readonly frames: Pick<FramesStore, 'get' | 'speak'>;
  readonly events: GatewayEvents;
  /** Null: nobody's frames exist. */
  readonly businessId: string | null;
  /** Aborted when the call is over. */
  readonly ended: AbortSignal;
}

/** Greets by the best way there is (GR5): frames at hand, else spoken live by greeting-service, else by the model. */
export class Greeter {
  /** How the caller is greeted, as far as it is decided. */
  source: CallEventDetail<'call.first-audio'>['source'] = 'greeting-cached';

  constructor(private readonly options: GreeterOptions) {}

  greet(greeting: CallScript['greeting']): void {
    const { frames, events, conversation } = this.options;
    const atHand = frames.get(greeting.key);
    if (!atHand) return void this.greetLater(greeting);
    events.greetingCacheHit(atHand.length / FRAME_BYTES);
    conversation.greetWithFrames(atHand, greeting.text);
  }

  private async greetLater({ key, text }: CallScript['greeting']): Promise<void> {
    const { frames, events, businessId, ended, conversation } = this.options;
    if (key === null || businessId === null) return this.greetByModel(text, 'no frames exist');
    const speech = await firstHeard(
      (signal) => frames.speak({ key, businessId }, AbortSignal.any([signal, ended])),
      GREETING_FIRST_MS,
    );
    // Meanwhile the call may have been told to end, or to leave a message on a machine.
    if (ended.aborted || conversation.state === 'closing') return;
    if (speech instanceof Error) return this.greetByModel(text, 'no speech', speech);
    events.greetingLive();
    this.source = 'greeting-live';
    const greeting = conversation.greetLive(text);
    try {
      for await (const piece of speech) greeting.add(piece);
      greeting.complete();
    } catch (error) {
      if (ended.aborted) return;
      events.greetingFallback('the speech broke off', error);
      greeting.breakOff();
    }
  }

  private greetByModel(text: string, reason: string, error?: Error): void {
    this.options.events.greetingFallback(reason, error);
    this.source = 'model';
    this.options.conversation.greetByModel(text);
  }
}
