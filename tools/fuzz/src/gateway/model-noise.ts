import { mutateJson, mutateText } from '../mutate';
import { type Random } from '../random';

/** Ids that come again, so that events meet: of responses asked for, of items, of nothing. */
const ids = ['resp_1', 'resp_2', 'resp_3', 'item_1', 'item_2', 'item_3', 'greeting', '', 'x'.repeat(2000)];

/** One message of a model that has lost its mind: an event that exists, at any time, with any of the ids. */
export const modelNoise = (random: Random): string => {
  const id = () => random.pick(ids);
  const audio = random.pick([0, 1, 100, 160, 320, 1603, 8000, 40_000]);
  const events = [
    { type: 'session.created', session: { id: 's' } },
    { type: 'session.updated', session: { id: 's', expires_at: random.int(2_000_000_000) } },
    { type: 'input_audio_buffer.speech_started', item_id: id(), audio_start_ms: random.int(100_000) },
    { type: 'input_audio_buffer.speech_stopped', item_id: id(), audio_end_ms: random.int(100_000) },
    { type: 'input_audio_buffer.committed', item_id: id() },
    {
      type: 'conversation.item.input_audio_transcription.completed',
      item_id: id(),
      transcript: random.pick(['hello', '', 'x'.repeat(5000)]),
    },
    { type: 'conversation.item.input_audio_transcription.failed', item_id: id() },
    { type: 'response.created', response: { id: id(), status: 'in_progress' } },
    {
      type: 'response.output_audio.delta',
      response_id: id(),
      item_id: id(),
      delta: random.pick([random.bytes(audio).toString('base64'), '****', 'AAA']),
    },
    { type: 'response.output_audio_transcript.delta', response_id: id(), item_id: id(), delta: 'words ' },
    {
      type: 'response.output_item.done',
      response_id: id(),
      item: random.pick([
        { id: id(), type: 'message' },
        { id: id(), type: 'function_call', call_id: id(), name: 'end_call', arguments: '{}' },
        { id: id(), type: 'function_call', call_id: 'c', name: 'transfer_call', arguments: '{"a":' },
        { id: id(), type: 'function_call', call_id: 'c', name: 'nobody', arguments: '[[[[' },
      ]),
    },
    {
      type: 'response.done',
      response: { id: id(), status: random.pick(['completed', 'cancelled', 'failed', 'incomplete']) },
    },
    { type: 'conversation.item.truncated', item_id: id(), audio_end_ms: random.int(100_000) },
    { type: 'conversation.item.deleted', item_id: id() },
    {
      type: 'error',
      error: { type: 'invalid_request_error', code: 'response_cancel_not_active', message: 'no' },
    },
    { type: 'rate_limits.updated', rate_limits: [] },
    { type: 'response.surprise' },
  ];
  // What ends a session by its own rules is rare: else nothing else would be seen.
  const event = random.chance(0.01)
    ? { type: 'error', error: { type: 'x', code: 'session_expired', message: 'over' } }
    : random.pick(events);
  if (random.chance(0.6)) return JSON.stringify(event);
  if (random.chance(0.7)) return JSON.stringify(mutateJson(random, event));
  return mutateText(random, JSON.stringify(event));
};
