import { newOpenAiId } from '../../ids';
import { ConversationItem } from '../items/conversation-item';
import { closeItem, openItem, type EndStatus, type OutputContext, type OutputItem } from './output-item';

/** Characters of the arguments in one delta, and the time between two. */
const PIECE = /[\s\S]{1,8}/g;
const PIECE_MS = 5;

/** A call of one of the session's functions, its arguments piece by piece. */
export class FunctionCallItem implements OutputItem {
  readonly item: ConversationItem;
  private readonly callId = newOpenAiId('call');

  constructor(
    private readonly context: OutputContext,
    private readonly call: { readonly name: string; readonly arguments: string },
  ) {
    this.item = new ConversationItem(
      {
        id: newOpenAiId('item'),
        object: 'realtime.item',
        type: 'function_call',
        status: 'in_progress',
        name: call.name,
        call_id: this.callId,
        arguments: '',
      },
      `${call.name}(${call.arguments})`,
    );
  }

  *perform(): Generator<number, EndStatus> {
    openItem(this.context, this.item);
    for (const delta of this.call.arguments.match(PIECE) ?? []) {
      this.context.send({ type: 'response.function_call_arguments.delta', ...this.place(), delta });
      yield PIECE_MS;
    }
    return 'completed';
  }

  close(status: EndStatus): void {
    this.context.send({
      type: 'response.function_call_arguments.done',
      ...this.place(),
      name: this.call.name,
      arguments: this.call.arguments,
    });
    closeItem(this.context, this.item, {
      object: 'realtime.item',
      type: 'function_call',
      status,
      name: this.call.name,
      call_id: this.callId,
      arguments: this.call.arguments,
    });
  }

  private place(): { response_id: string; item_id: string; output_index: number; call_id: string } {
    const { responseId, outputIndex } = this.context;
    return {
      response_id: responseId,
      item_id: this.item.id,
      output_index: outputIndex,
      call_id: this.callId,
    };
  }
}
