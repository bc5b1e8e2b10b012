import { parseClientEvent, readEvent } from './client-events';
import { Rejection } from './rejection';
import { defaultSession, updatedSession, type SessionUpdate } from './session-config';

const refusalOf = (event: unknown): Pick<Rejection, 'code' | 'param'> | null => {
  try {
    parseClientEvent(readEvent(typeof event === 'string' ? event : JSON.stringify(event)));
    return null;
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    return { code: error.code, param: error.param };
  }
};
const update = (session: object): object => ({ type: 'session.update', session });

describe('client events', () => {
  it.each<[string, unknown, string, string | null]>([
    ['text that is no JSON', '{', 'invalid_json', null],
    ['an unknown type', { type: 'session.begin' }, 'invalid_value', 'type'],
    ['no type', {}, 'missing_required_parameter', 'type'],
    [
      'a session without its type',
      update({ instructions: 'x' }),
      'missing_required_parameter',
      'session.type',
    ],
    [
      'beta modalities',
      update({ type: 'realtime', modalities: ['audio'] }),
      'unknown_parameter',
      'session.modalities',
    ],
    [
      'a beta format',
      update({ type: 'realtime', input_audio_format: 'g711_ulaw' }),
      'unknown_parameter',
      'session.input_audio_format',
    ],
    [
      'both modalities',
      update({ type: 'realtime', output_modalities: ['audio', 'text'] }),
      'invalid_value',
      null,
    ],
    [
      'an unknown format',
      update({ type: 'realtime', audio: { output: { format: { type: 'g711_ulaw' } } } }),
      'invalid_value',
      null,
    ],
    [
      'PCM at 8 kHz',
      update({ type: 'realtime', audio: { input: { format: { type: 'audio/pcm', rate: 8000 } } } }),
      'invalid_value',
      'session.audio.input.format.rate',
    ],
    [
      'an unknown voice',
      update({ type: 'realtime', audio: { output: { voice: 'dana' } } }),
      'invalid_value',
      'session.audio.output.voice',
    ],
    [
      'temperature',
      { type: 'response.create', response: { temperature: 1 } },
      'unknown_parameter',
      'response.temperature',
    ],
    [
      'a truncation of other content',
      { type: 'conversation.item.truncate', item_id: 'i', content_index: 1, audio_end_ms: 0 },
      'invalid_value',
      'content_index',
    ],
    [
      'a fractional cut',
      { type: 'conversation.item.truncate', item_id: 'i', content_index: 0, audio_end_ms: 0.5 },
      'invalid_value',
      'audio_end_ms',
    ],
    ['a field nobody knows', { type: 'response.cancel', reason: 'x' }, 'unknown_parameter', 'reason'],
    [
      'audio for an assistant',
      {
        type: 'conversation.item.create',
        item: { type: 'message', role: 'assistant', content: [{ type: 'output_audio' }] },
      },
      'invalid_value',
      null,
    ],
  ])('refuses %s', (_what, event, code, param) => {
    expect(refusalOf(event)).toMatchObject(param === null ? { code } : { code, param });
  });

  it('accepts a whole GA session', () => {
    const session = {
      type: 'realtime',
      output_modalities: ['audio'],
      instructions: 'x',
      max_output_tokens: 'inf',
      audio: {
        input: {
          format: { type: 'audio/pcmu' },
          noise_reduction: { type: 'near_field' },
          transcription: { model: 'gpt-transcribe', languages: ['he'] },
          turn_detection: {
            type: 'server_vad',
            create_response: false,
            interrupt_response: false,
            idle_timeout_ms: null,
          },
        },
        output: { format: { type: 'audio/pcmu' }, voice: 'marin', speed: 1 },
      },
      tools: [
        { type: 'function', name: 'f', description: 'd', parameters: { type: 'object', properties: {} } },
      ],
      tool_choice: 'auto',
      truncation: 'auto',
      tracing: null,
    };
    expect(refusalOf(update(session))).toBeNull();
  });
});

describe('session settings', () => {
  const session = defaultSession('sess_1', 'gpt-realtime-2.1', 0);
  const changed = (fields: object, hasSpoken = false): ReturnType<typeof updatedSession> =>
    updatedSession(session, { type: 'realtime', ...fields } as SessionUpdate, hasSpoken);

  it('change only where an update says so, and are cleared by null', () => {
    const after = changed({ instructions: '', audio: { input: { turn_detection: null } } });
    expect(after.instructions).toBe('');
    expect(after.audio.input).toEqual({ ...session.audio.input, turn_detection: null });
    expect(after.audio.output).toEqual(session.audio.output);
  });

  it('keep the voice once it was heard, and the model always', () => {
    const voice = { audio: { output: { voice: 'cedar' } } };
    expect(changed(voice).audio.output.voice).toBe('cedar');
    expect(() => changed(voice, true)).toThrow(
      expect.objectContaining({ code: 'cannot_update_voice' }) as Error,
    );
    expect(() => changed({ model: 'gpt-realtime-x' })).toThrow(/model/);
  });
});
