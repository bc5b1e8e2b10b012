import { type BusinessTool } from '@frontdesk/contracts';
import { type Clock } from '@frontdesk/runtime';
import { type RealtimeTool } from '@frontdesk/speech';
import { callTools } from './call-tools';
import { type HttpToolParts } from './http-tool';
import { type CallTool, type ToolActions } from './tool';
import { type AskedTool, type ToolOutcome, ToolRunner } from './tool-runner';
import { ToolWait } from './tool-wait';
import { type Conversation } from '../call/conversation';
import { type CallEventPublisher } from '../events/call-event-publisher';
import { type GatewayEvents } from '../events';
import { type CallRecord } from '../streams/stream-registry';

export interface AgentToolsOptions {
  readonly clock: Clock;
  readonly conversation: Conversation;
  readonly record: CallRecord;
  /** Of the business. */
  readonly business: {
    readonly id: string | null;
    readonly tools: readonly BusinessTool[];
    readonly transferNumber: string | null;
  };
  readonly http: HttpToolParts;
  readonly events: GatewayEvents;
  readonly publisher: CallEventPublisher;
  /** Covers a wait: frames of the `slow-tool` phrase; undefined where there are none. */
  readonly slowPhrase: () => Buffer | undefined;
}

/** The tools of one call's agent: what there are, their runs, and what is heard and written down of them. */
export class AgentTools {
  private readonly tools: ReadonlyMap<string, CallTool>;
  private readonly runner: ToolRunner;
  private readonly wait = new ToolWait();
  /** Of a call that we made; null where this replica does not know it. */
  calledNumber: string | null;

  constructor(private readonly options: AgentToolsOptions) {
    const { clock, record, business, http } = options;
    const { callSid, direction, from, to } = record;
    const numbers = { from: from || null, to: to || null };
    this.calledNumber = direction === 'outbound' && to !== '' ? to : null;
    this.tools = callTools({
      setting: { direction, canTransfer: business.transferNumber !== null },
      actions: this.actions(),
      own: business.tools,
      caller: business.id === null ? null : { callSid, businessId: business.id, direction, ...numbers },
      http,
    });
    this.runner = new ToolRunner(this.tools, clock, (outcome) => this.answered(outcome));
  }

  /** What the model is told that it can do. */
  get definitions(): RealtimeTool[] {
    return [...this.tools.values()].map(({ name, description, parameters }) => ({
      name,
      description,
      parameters,
    }));
  }

  run(asked: AskedTool): void {
    this.runner.run(asked);
  }

  /** Called a few times a second: a wait for a tool is not left silent. */
  beat(nowMs: number): void {
    const { conversation, slowPhrase } = this.options;
    const isSilent = conversation.state !== 'closing' && conversation.speaking === 'nobody';
    if (!this.wait.beat(nowMs, this.runner.isBusy, isSilent)) return;
    const frames = slowPhrase();
    if (frames) conversation.playPhrase('slow-tool', frames);
  }

  /** Somebody whom we called does not want to be called again (OU4). False when their number is not known here. */
  optOut(how: 'spoken' | 'keyed'): boolean {
    const { events, publisher } = this.options;
    if (this.calledNumber === null) return false;
    events.optedOut(how);
    publisher.publish('call.opted-out', { number: this.calledNumber, how });
    return true;
  }

  /** The call is over. Idempotent. */
  close(): void {
    this.runner.close();
  }

  private actions(): ToolActions {
    const { conversation, publisher } = this.options;
    return {
      endCall: () => conversation.close({ kind: 'hang-up' }),
      transferCall: () => conversation.close({ kind: 'transfer' }),
      sendTones: (mulaw) => conversation.playTones(mulaw),
      leaveMessage: (message) => publisher.publish('call.message-left', { recordingSid: null, ...message }),
      optOut: () => this.optOut('spoken'),
    };
  }

  private answered({ callId, name, ok, error, durationMs, output, then }: ToolOutcome): void {
    const { conversation, events, publisher } = this.options;
    events.toolCalled(name, ok, durationMs);
    publisher.publish('call.tool', { name, ok, durationMs, error });
    conversation.toolAnswered(callId, output, then);
  }
}
