import { type RecordedEvent, type RecordedItem } from '../book/session-record';
import { type ClientEvent } from './client-events';
import { type Conversation } from './items/conversation';
import { type ServerEvent } from './server-event';

/** A client event as the book keeps it. */
export const clientEventRecord = (event: ClientEvent, atMs: number): RecordedEvent => ({
  atMs,
  direction: 'client',
  type: event.type,
  ...('item_id' in event && { itemId: event.item_id }),
  ...(event.type === 'response.cancel' && event.response_id && { responseId: event.response_id }),
  ...(event.type === 'conversation.item.truncate' && { audioMs: event.audio_end_ms }),
});

/** A server event as the book keeps it. */
export const serverEventRecord = (event: ServerEvent, atMs: number): RecordedEvent => ({
  atMs,
  direction: 'server',
  type: event.type,
  ...('item_id' in event && { itemId: event.item_id }),
  ...('item' in event && event.item.id && { itemId: event.item.id }),
  ...('response_id' in event && { responseId: event.response_id }),
  ...('response' in event && { responseId: event.response.id, status: event.response.status }),
  ...('audio_start_ms' in event && { audioMs: event.audio_start_ms }),
  ...('audio_end_ms' in event && { audioMs: event.audio_end_ms }),
  ...(event.type === 'error' && { code: event.error.code ?? '' }),
});

/** The conversation as the model believes it. */
export const itemRecords = (conversation: Conversation): RecordedItem[] =>
  conversation.history().map((item) => ({
    id: item.id,
    role: item.role,
    text: item.text,
    ...(item.audioMs !== undefined && { audioMs: item.audioMs }),
    ...(item.truncatedAtMs !== undefined && { truncatedAtMs: item.truncatedAtMs }),
    ...(item.isDeleted && { deleted: true as const }),
  }));
