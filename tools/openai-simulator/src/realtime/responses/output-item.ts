import { type ConversationItem as WireItem } from 'openai/resources/realtime/realtime';
import { type ConversationItem } from '../items/conversation-item';
import { type ServerEvent } from '../server-event';

/** What an item of a response needs from the response that makes it. */
export interface OutputContext {
  readonly responseId: string;
  readonly outputIndex: number;
  send(event: ServerEvent): void;
  /** Adds the item to the conversation, unless the response is out of band. */
  announce(item: ConversationItem): void;
  /** The item is complete, or as complete as it will get. */
  conclude(item: ConversationItem): void;
}

export type EndStatus = 'completed' | 'incomplete';

/** One item of a response while it is generated. */
export interface OutputItem {
  readonly item: ConversationItem;
  /** Sends the item piece by piece; yields the milliseconds until the next piece. */
  perform(): Generator<number, EndStatus>;
  /** Sends all the `.done` events; for a cancelled item as well. */
  close(status: EndStatus): void;
}

/** Announces an item that has no content yet. */
export const openItem = (context: OutputContext, item: ConversationItem): void => {
  context.send({
    type: 'response.output_item.added',
    response_id: context.responseId,
    output_index: context.outputIndex,
    item: item.wire,
  });
  context.announce(item);
};

/** Gives the item its last form and says that it is done. */
export const closeItem = (context: OutputContext, item: ConversationItem, wire: WireItem): void => {
  item.wire = { ...wire, id: item.id } as ConversationItem['wire'];
  context.send({
    type: 'response.output_item.done',
    response_id: context.responseId,
    output_index: context.outputIndex,
    item: item.wire,
  });
  context.conclude(item);
};
