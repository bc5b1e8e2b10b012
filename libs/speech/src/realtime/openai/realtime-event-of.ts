import { type RealtimeCommand, type RealtimeEvent } from '../realtime-model';
import { endsSession, problemOf } from './error-table';
import { type ServerEvent } from './server-events';

/** What was sent under an event id of ours; null for what is not known. */
export type CommandOf = (eventId: string | null) => RealtimeCommand | null;

/** The port's event of a server event; null for those that only the adapter needs. */
export const realtimeEventOf = (event: ServerEvent, commandOf: CommandOf): RealtimeEvent | null => {
  switch (event.type) {
    case 'session.created':
      return null;
    case 'session.updated':
      return {
        kind: 'ready',
        sessionId: event.session.id ?? null,
        expiresAtMs: event.session.expires_at ? event.session.expires_at * 1000 : null,
      };
    case 'input_audio_buffer.speech_started':
      return { kind: 'speech-started', itemId: event.item_id, audioStartMs: event.audio_start_ms };
    case 'input_audio_buffer.speech_stopped':
      return { kind: 'speech-stopped', itemId: event.item_id, audioEndMs: event.audio_end_ms };
    case 'input_audio_buffer.committed':
      return { kind: 'turn-committed', itemId: event.item_id };
    case 'conversation.item.input_audio_transcription.completed':
      return { kind: 'caller-transcript', itemId: event.item_id, text: event.transcript, status: 'final' };
    case 'conversation.item.input_audio_transcription.failed':
      return { kind: 'caller-transcript', itemId: event.item_id, text: '', status: 'failed' };
    case 'response.created':
      return { kind: 'response-created', responseId: event.response.id };
    case 'response.output_audio.delta':
      return {
        kind: 'audio',
        responseId: event.response_id,
        itemId: event.item_id,
        mulaw: Buffer.from(event.delta, 'base64'),
      };
    case 'response.output_audio_transcript.delta':
      return {
        kind: 'agent-transcript',
        responseId: event.response_id,
        itemId: event.item_id,
        text: event.delta,
      };
    case 'response.output_item.done':
      return itemDone(event);
    case 'response.done':
      return responseDone(event);
    case 'conversation.item.truncated':
      return { kind: 'truncated', itemId: event.item_id, audioEndMs: event.audio_end_ms };
    case 'conversation.item.deleted':
      return { kind: 'deleted', itemId: event.item_id };
    case 'error':
      return errorOf(event, commandOf);
  }
};

const errorOf = ({ error }: Extract<ServerEvent, { type: 'error' }>, commandOf: CommandOf): RealtimeEvent => {
  const code = error.code ?? error.type;
  const eventId = error.event_id ?? null;
  const command = commandOf(eventId);
  const problem = problemOf(code, command);
  return {
    kind: 'error',
    problem,
    command,
    code,
    message: error.message,
    recoverable: !endsSession(problem),
    eventId,
  };
};

const itemDone = (event: Extract<ServerEvent, { type: 'response.output_item.done' }>): RealtimeEvent => {
  const { item } = event;
  // One that was cut off (cancelled, out of tokens) has half its arguments: it must not be carried out.
  if (item.type === 'function_call' && item.status !== 'incomplete' && item.call_id && item.name)
    return {
      kind: 'tool-call',
      responseId: event.response_id,
      callId: item.call_id,
      name: item.name,
      argumentsJson: item.arguments ?? '{}',
    };
  return { kind: 'item-done', responseId: event.response_id, itemId: item.id ?? '' };
};

const responseDone = (event: Extract<ServerEvent, { type: 'response.done' }>): RealtimeEvent => {
  const { id, status, status_details: details, usage } = event.response;
  return {
    kind: 'response-done',
    responseId: id,
    status: status === undefined || status === 'in_progress' ? 'completed' : status,
    reason: details?.error?.code ?? details?.reason ?? null,
    usage: usage ? { inputTokens: usage.input_tokens ?? 0, outputTokens: usage.output_tokens ?? 0 } : null,
  };
};
