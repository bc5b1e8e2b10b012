import { newOpenAiId } from '../../ids';
import { transcriptOf } from '../../voice/listen';
import { AudioReader } from '../audio/audio-codec';
import { type AudioFormat } from '../session-config';
import { ConversationItem } from './conversation-item';
import { type ClientItem } from './item-schema';

/** An item that the client put into the conversation, such as the history of a call that goes on in a new session. */
export const clientItem = (item: ClientItem, format: AudioFormat): ConversationItem =>
  new ConversationItem(
    {
      ...withoutAudio(item),
      id: item.id ?? newOpenAiId('item'),
      object: 'realtime.item',
      status: item.status ?? 'completed',
    } as ConversationItem['wire'],
    textOf(item, format),
  );

/** No item is ever sent back with its audio. */
const withoutAudio = (item: ClientItem): ClientItem => {
  if (item.type !== 'message' || item.role !== 'user') return item;
  const content = item.content.map((part) =>
    part.type === 'input_audio' ? { type: part.type, audio: '', transcript: part.transcript } : part,
  );
  return { ...item, content };
};

const textOf = (item: ClientItem, format: AudioFormat): string => {
  if (item.type === 'function_call') return `${item.name}(${item.arguments})`;
  if (item.type === 'function_call_output') return item.output;
  return item.content
    .map((part) =>
      part.type === 'input_audio' ? transcriptOf(new AudioReader(format).read(part.audio)) : part.text,
    )
    .join(' ');
};
