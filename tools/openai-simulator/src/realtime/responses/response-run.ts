import { type RealtimeResponse } from 'openai/resources/realtime/realtime';
import { type Clock, type Timer } from '@frontdesk/runtime';
import { type Reply } from '../../brain/brain';
import { newOpenAiId } from '../../ids';
import { type ConversationItem } from '../items/conversation-item';
import { type ServerEvent } from '../server-event';
import { FunctionCallItem } from './function-call-item';
import { type OutputContext, type OutputItem } from './output-item';
import { SpokenItem, type SpeechDelivery } from './spoken-item';
import { WrittenItem } from './written-item';

/** What one response shall be. */
export interface ResponsePlan {
  readonly modality: 'audio' | 'text';
  readonly delivery: SpeechDelivery;
  readonly voice: string;
  readonly metadata: Record<string, string> | null;
  readonly maxOutputTokens: number | 'inf';
  /** Null for a response outside the conversation. */
  readonly conversationId: string | null;
  /** From response.create to response.created. */
  readonly createdMs: number;
  /** Ends it as failed, with this code, before anything is generated. */
  readonly failure: string | null;
  /** Asked once the response is created. */
  decide(): Reply;
}

export interface ResponseHost {
  readonly clock: Clock;
  send(event: ServerEvent): void;
  /** Puts an item of the response at the end of the conversation; returns the id before it. */
  addItem(item: ConversationItem): string | null;
  ended(run: ResponseRun): void;
}

export type CancelReason = 'turn_detected' | 'client_cancelled';

/**
 * One response from `response.create` to `response.done`.
 *
 * Requested: nothing was sent yet, a cancel that names no response does nothing. Active, from `response.created`: its
 * items are generated one after another. Ended: `response.done` was sent, whether completed, cancelled, incomplete or
 * failed, after the `.done` events of the item that was open; nothing follows.
 */
export class ResponseRun {
  readonly id = newOpenAiId('resp');
  private stage: 'requested' | 'active' | 'ended' = 'requested';
  private timer: Timer | undefined;
  private openItem: OutputItem | undefined;
  private readonly output: ConversationItem[] = [];
  private readonly script: Generator<number, void>;

  constructor(
    readonly plan: ResponsePlan,
    private readonly host: ResponseHost,
  ) {
    this.script = this.perform();
    this.step();
  }

  get isActive(): boolean {
    return this.stage === 'active';
  }

  /** Ends it early, with all its `.done` events. */
  cancel(reason: CancelReason): void {
    if (this.stage === 'active') this.end('cancelled', { type: 'cancelled', reason });
  }

  /** The session is gone: nothing more is sent. */
  abandon(): void {
    this.stage = 'ended';
    this.timer?.cancel();
  }

  private step(): void {
    if (this.stage === 'ended') return;
    const next = this.script.next();
    if (!next.done) this.timer = this.host.clock.setTimer(() => this.step(), next.value);
  }

  private *perform(): Generator<number, void> {
    yield this.plan.createdMs;
    this.stage = 'active';
    this.host.send({ type: 'response.created', response: this.response('in_progress') });
    if (this.plan.failure !== null) {
      const error = { type: 'server_error', code: this.plan.failure };
      return this.end('failed', { type: 'failed', error });
    }
    for (const makeItem of this.itemsOf(this.plan.decide())) {
      const item = makeItem(this.context(this.output.length));
      this.openItem = item;
      this.output.push(item.item);
      const status = yield* item.perform();
      if (status === 'incomplete')
        return this.end('incomplete', { type: 'incomplete', reason: 'max_output_tokens' });
      this.openItem = undefined;
      item.close(status);
    }
    this.end('completed', { type: 'completed' });
  }

  private itemsOf({ say, tool }: Reply): ((context: OutputContext) => OutputItem)[] {
    const items: ((context: OutputContext) => OutputItem)[] = [];
    const { modality, delivery } = this.plan;
    if (say !== null)
      items.push((context) =>
        modality === 'audio' ? new SpokenItem(context, say, delivery) : new WrittenItem(context, say),
      );
    if (tool !== null) items.push((context) => new FunctionCallItem(context, tool));
    return items;
  }

  private context(outputIndex: number): OutputContext {
    const isInConversation = this.plan.conversationId !== null;
    let previousId: string | null = null;
    return {
      responseId: this.id,
      outputIndex,
      send: (event) => this.host.send(event),
      announce: (item) => {
        if (!isInConversation) return;
        previousId = this.host.addItem(item);
        this.host.send({
          type: 'conversation.item.added',
          previous_item_id: previousId,
          item: item.wire,
        });
      },
      conclude: (item) => {
        if (!isInConversation) return;
        this.host.send({ type: 'conversation.item.done', previous_item_id: previousId, item: item.wire });
      },
    };
  }

  private end(
    status: NonNullable<RealtimeResponse['status']>,
    details: NonNullable<RealtimeResponse['status_details']>,
  ): void {
    this.timer?.cancel();
    this.openItem?.close('incomplete');
    this.openItem = undefined;
    this.stage = 'ended';
    this.host.send({
      type: 'response.done',
      response: { ...this.response(status), status_details: details, usage: this.usage() },
    });
    this.host.ended(this);
  }

  private response(status: NonNullable<RealtimeResponse['status']>): RealtimeResponse {
    const { plan } = this;
    return {
      object: 'realtime.response',
      id: this.id,
      status,
      output: this.output.map((item) => item.wire),
      ...(plan.conversationId === null ? {} : { conversation_id: plan.conversationId }),
      output_modalities: [plan.modality],
      max_output_tokens: plan.maxOutputTokens,
      audio: {
        output: {
          format:
            plan.delivery.format.type === 'audio/pcmu'
              ? { type: 'audio/pcmu' }
              : { type: 'audio/pcm', rate: 24_000 },
          voice: plan.voice,
        },
      },
      metadata: plan.metadata,
    };
  }

  /** Rough, but with the parts that add up: a token of audio lasts 50 ms here, a token of text is a word. */
  private usage(): NonNullable<RealtimeResponse['usage']> {
    const audio = this.output.reduce((sum, item) => sum + Math.ceil((item.audioMs ?? 0) / AUDIO_TOKEN_MS), 0);
    const words = this.output.reduce((sum, item) => sum + item.text.split(/\s+/u).filter(Boolean).length, 0);
    return {
      total_tokens: audio + words,
      input_tokens: 0,
      output_tokens: audio + words,
      input_token_details: { text_tokens: 0, audio_tokens: 0, cached_tokens: 0 },
      output_token_details: { text_tokens: words, audio_tokens: audio },
    };
  }
}

/** Audio in one output token. */
export const AUDIO_TOKEN_MS = 50;
