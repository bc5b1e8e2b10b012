import { type Prompt } from '../../brain/brain';
import { type Conversation } from '../items/conversation';
import { type ConversationItem } from '../items/conversation-item';
import { clientItem } from '../items/client-item';
import { itemSchema } from '../items/item-schema';
import { parseStrictly, Rejection } from '../rejection';
import { type ServerEvent } from '../server-event';
import { type ResponseOptions, type SessionConfig } from '../session-config';
import { type SessionContext } from '../session-context';
import { AUDIO_TOKEN_MS, type ResponsePlan, type CancelReason, ResponseRun } from './response-run';

/** A session as its responses see it. */
export interface ResponseSession {
  readonly context: SessionContext;
  readonly conversation: Conversation;
  readonly conversationId: string;
  readonly config: SessionConfig;
  send(event: ServerEvent): void;
}

/** Responses out of band that may run side by side. */
const MAX_OUT_OF_BAND = 10;

/** Says which response may begin and which one a cancel means: one at a time in the conversation, others beside it. */
export class ResponseSequencer {
  private current: ResponseRun | undefined;
  private readonly outOfBand = new Set<ResponseRun>();

  constructor(private readonly session: ResponseSession) {}

  /** @throws Rejection when the conversation has an active response already */
  create(options: ResponseOptions = {}): void {
    const isOutOfBand = options.conversation === 'none';
    if (!isOutOfBand && this.current)
      throw new Rejection(
        'conversation_already_has_active_response',
        `Conversation already has an active response in progress: ${this.current.id}. Wait until the response is finished before creating a new one.`,
      );
    if (isOutOfBand && this.outOfBand.size >= MAX_OUT_OF_BAND)
      throw new Rejection('rate_limit_exceeded', 'Too many responses out of band at once.');
    const plan = this.planOf(options);
    // A model that has fallen mute takes the request and never says a word.
    if (this.session.context.faults.take('mute-model', this.session.config.instructions)) return;
    const run = new ResponseRun(plan, {
      clock: this.session.context.clock,
      send: (event) => this.session.send(event),
      addItem: (item) => this.session.conversation.add(item),
      ended: (ended) => this.ended(ended),
    });
    if (isOutOfBand) this.outOfBand.add(run);
    else this.current = run;
  }

  /** By the server, when the caller speaks over a response: not an error when there is none. */
  interrupt(): void {
    this.current?.cancel('turn_detected');
  }

  /**
   * By the client. One that is requested but not yet created lives on when no id is given, as with the vendor.
   * @throws Rejection when no such response is active
   */
  cancel(responseId: string | undefined): void {
    const reason: CancelReason = 'client_cancelled';
    if (responseId === undefined && this.current) return this.current.cancel(reason);
    const run = [this.current, ...this.outOfBand].find(
      (candidate) => candidate?.isActive && candidate.id === responseId,
    );
    if (!run)
      throw new Rejection('response_cancel_not_active', 'Cancellation failed: no active response found');
    run.cancel(reason);
  }

  abandon(): void {
    this.current?.abandon();
    for (const run of this.outOfBand) run.abandon();
  }

  private ended(run: ResponseRun): void {
    if (this.current === run) this.current = undefined;
    this.outOfBand.delete(run);
    this.session.send({
      type: 'rate_limits.updated',
      rate_limits: [{ name: 'tokens', limit: 40_000, remaining: 39_000, reset_seconds: 60 }],
    });
  }

  private planOf(options: ResponseOptions): ResponsePlan {
    const { config, context, conversationId } = this.session;
    const { pace, faults } = context;
    const maxOutputTokens = options.max_output_tokens ?? config.max_output_tokens;
    const items = options.input?.map((input, index) => this.inputItem(input, index));
    const modality = (options.output_modalities ?? config.output_modalities)[0];
    const cut = faults.take('deltas-one-big')
      ? 'one-big'
      : faults.take('deltas-odd-sized')
        ? 'odd-sized'
        : 'usual';
    return {
      modality,
      delivery: {
        format: options.audio?.output?.format ?? config.audio.output.format,
        deltaMs: pace.deltaMs,
        speed: pace.speed,
        firstAudioMs: pace.firstAudioMs,
        cut,
        maxAudioMs: maxOutputTokens === 'inf' ? Infinity : maxOutputTokens * AUDIO_TOKEN_MS,
      },
      voice: options.audio?.output?.voice ?? config.audio.output.voice,
      metadata: options.metadata ?? null,
      maxOutputTokens,
      conversationId: options.conversation === 'none' ? null : conversationId,
      createdMs: pace.createdMs,
      failure: faults.take('response-failed')?.text('code', 'rate_limit_exceeded') ?? null,
      decide: () => context.brain.reply(this.promptOf(options, items)),
    };
  }

  private promptOf(options: ResponseOptions, items: ConversationItem[] | undefined): Prompt {
    const { config, conversation } = this.session;
    const choice = options.tool_choice ?? config.tool_choice;
    const tools = choice === 'none' ? [] : (options.tools ?? config.tools).map(({ name }) => name);
    const last = (items ?? conversation.list()).findLast(
      ({ role }) => role === 'user' || role === 'function_call_output',
    );
    return {
      instructions: options.instructions ?? config.instructions,
      tools,
      last: last ? { kind: last.role === 'user' ? 'said' : 'function_call_output', text: last.text } : null,
    };
  }

  /** Of `response.input`: an item of its own or a reference to one of the conversation. */
  private inputItem(input: unknown, index: number): ConversationItem {
    const reference = input as { type?: unknown; id?: unknown } | null;
    if (reference?.type === 'item_reference' && typeof reference.id === 'string')
      return this.session.conversation.get(reference.id, 'retrieve');
    return clientItem(
      parseStrictly(itemSchema, input, `response.input.${index}`),
      this.session.config.audio.input.format,
    );
  }
}
