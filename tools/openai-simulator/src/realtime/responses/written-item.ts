import { newOpenAiId } from '../../ids';
import { ConversationItem } from '../items/conversation-item';
import { closeItem, openItem, type EndStatus, type OutputContext, type OutputItem } from './output-item';

/** Between two words of a text answer. */
const WORD_MS = 5;

/** An assistant's message as text, for responses whose modality is text. */
export class WrittenItem implements OutputItem {
  readonly item = new ConversationItem(
    {
      id: newOpenAiId('item'),
      object: 'realtime.item',
      type: 'message',
      role: 'assistant',
      status: 'in_progress',
      content: [],
    },
    '',
  );

  constructor(
    private readonly context: OutputContext,
    private readonly fullText: string,
  ) {}

  *perform(): Generator<number, EndStatus> {
    openItem(this.context, this.item);
    this.context.send({
      type: 'response.content_part.added',
      ...this.place(),
      part: { type: 'text', text: '' },
    });
    for (const delta of this.fullText.match(/\s*\S+/gu) ?? []) {
      this.item.text += delta;
      this.context.send({ type: 'response.output_text.delta', ...this.place(), delta });
      yield WORD_MS;
    }
    return 'completed';
  }

  close(status: EndStatus): void {
    const { text } = this.item;
    this.context.send({ type: 'response.output_text.done', ...this.place(), text });
    this.context.send({ type: 'response.content_part.done', ...this.place(), part: { type: 'text', text } });
    closeItem(this.context, this.item, {
      object: 'realtime.item',
      type: 'message',
      role: 'assistant',
      status,
      content: [{ type: 'output_text', text }],
    });
  }

  private place(): { response_id: string; item_id: string; output_index: number; content_index: number } {
    const { responseId, outputIndex } = this.context;
    return { response_id: responseId, item_id: this.item.id, output_index: outputIndex, content_index: 0 };
  }
}
