import { realtimeUrl } from './realtime-url';
import { sessionUpdate } from './session-update';

const options = {
  instructions: 'Be brief.',
  voice: 'he-IL-Standard-D',
  locale: 'he-IL',
  tools: [],
};

describe('sessionUpdate', () => {
  it('asks for mu-law both ways and leaves creating and interrupting to us', () => {
    expect(sessionUpdate(options, 'gpt-transcribe').session).toMatchObject({
      type: 'realtime',
      output_modalities: ['audio'],
      audio: {
        input: {
          format: { type: 'audio/pcmu' },
          transcription: { model: 'gpt-transcribe', language: 'he' },
          turn_detection: { type: 'server_vad', create_response: false, interrupt_response: false },
        },
        output: { format: { type: 'audio/pcmu' }, voice: 'marin' },
      },
    });
  });

  it('names the caller’s language by its ISO code of today, and none where the locale has none', () => {
    const transcription = (locale: string): unknown =>
      JSON.parse(JSON.stringify(sessionUpdate({ ...options, locale }, 'm').session)).audio.input
        .transcription;
    expect(transcription('iw-IL')).toEqual({ model: 'm', language: 'he' });
    expect(transcription('und-x')).toEqual({ model: 'm' });
  });
});

describe('realtimeUrl', () => {
  it('derives ws from http and wss from https, with the model in the query', () => {
    expect(realtimeUrl('http://127.0.0.1:3102/v1', 'm 1')).toBe('ws://127.0.0.1:3102/v1/realtime?model=m+1');
    expect(realtimeUrl('https://api.openai.com/v1/', 'm')).toBe('wss://api.openai.com/v1/realtime?model=m');
  });
});
