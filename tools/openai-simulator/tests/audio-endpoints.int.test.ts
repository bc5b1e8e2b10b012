import OpenAI from 'openai';
import { mulawWav, silence } from './recordings';
import { decodeSpeech, encodeSpeech } from '@frontdesk/audio-identity';
import { resample } from '@frontdesk/audio';
import { readConfig } from '@frontdesk/runtime';
import { createOpenAiSynthesizer, createOpenAiTranscriber } from '@frontdesk/speech';
import { type RecordedRequest } from '../src/book/session-record';
import { settings } from '../src/config';
import { OpenAiSimulator } from '../src/simulator';

describe('audio endpoints through the openai package', () => {
  let simulator: OpenAiSimulator;
  let provider: { apiKey: string; baseUrl: string };

  beforeEach(async () => {
    simulator = await OpenAiSimulator.start(readConfig(settings, { PORT: '0' }));
    provider = { apiKey: 'key', baseUrl: simulator.url };
  });
  afterEach(() => simulator[Symbol.asyncDispose]());

  const fault = (body: object): Promise<Response> =>
    fetch(`http://127.0.0.1:${simulator.port}/_sim/faults`, { method: 'POST', body: JSON.stringify(body) });
  const requests = async (): Promise<RecordedRequest[]> => {
    const answer = await fetch(`http://127.0.0.1:${simulator.port}/_sim/requests`);
    return ((await answer.json()) as { requests: RecordedRequest[] }).requests;
  };
  const synthesize = async (model = 'gpt-4o-mini-tts', timeoutMs = 2_000): Promise<Int16Array> => {
    const synthesizer = createOpenAiSynthesizer({ ...provider, model, timeoutMs });
    const samples: number[] = [];
    const request = { text: 'Welcome to Rosa.', voice: 'marin', locale: 'en-US' };
    for await (const chunk of synthesizer.synthesize(request)) samples.push(...chunk);
    return Int16Array.from(samples);
  };

  it('streams speech as 24 kHz PCM whose words arrive whole, and books what was paid for', async () => {
    expect(decodeSpeech(resample(await synthesize(), 24_000, 8_000)).text).toBe('Welcome to Rosa.');
    expect(await requests()).toEqual([
      expect.objectContaining({ kind: 'speech', status: 200, text: 'Welcome to Rosa.', voice: 'marin' }),
    ]);
  });

  it('answers a fault once and the next request as usual', async () => {
    await fault({ name: 'speech-500', count: 1 });
    expect((await synthesize()).length).toBeGreaterThan(0);
    expect((await requests()).map(({ status }) => status)).toEqual([500, 200]);
    await fault({ name: 'speech-429', count: 1, params: { code: 'insufficient_quota' } });
    await expect(synthesize()).rejects.toMatchObject({ failure: 'quota' });
  });

  it('stalls after the first chunk, which the adapter ends with a time-out', async () => {
    await fault({ name: 'speech-stalls-after-first-chunk' });
    await expect(synthesize('tts-1', 100)).rejects.toMatchObject({ failure: 'timeout' });
  });

  it('refuses unknown models, voices and fields as the vendor does', async () => {
    await expect(synthesize('tts-9')).rejects.toMatchObject({
      failure: 'rejected',
      details: { status: 404 },
    });
    const client = new OpenAI({ apiKey: 'key', baseURL: simulator.url, maxRetries: 0 });
    const speech = { model: 'tts-1', voice: 'dana', input: 'x' };
    await expect(client.audio.speech.create(speech)).rejects.toMatchObject({ status: 400, param: 'voice' });
    const keyless = await fetch(`${simulator.url}/audio/speech`, { method: 'POST', body: '{}' });
    expect(keyless.status).toBe(401);
  });

  it('writes both channels of a recording down in the order they were begun', async () => {
    const wav = mulawWav([
      [...silence(500), ...encodeSpeech('two lamps please')],
      [...encodeSpeech('hi'), ...silence(3_000)],
    ]);
    const transcriber = createOpenAiTranscriber({ ...provider, model: 'gpt-transcribe' });
    const answer = await transcriber.transcribe({ audio: wav, fileName: 'RE1.wav', language: 'he-IL' });
    expect(answer).toEqual({ text: 'hi two lamps please', language: 'he' });
    expect(await requests()).toEqual([
      expect.objectContaining({ kind: 'transcription', fileName: 'RE1.wav', language: 'he', status: 200 }),
    ]);
  });

  it('says (speech) for sound without words and nothing for silence', async () => {
    const transcriber = createOpenAiTranscriber({ ...provider, model: 'whisper-1' });
    const humming = Array.from({ length: 16_000 }, (_, index) => 8_000 * Math.sin(index / 9));
    const textOf = async (samples: number[]): Promise<string> => {
      const request = { audio: mulawWav([samples]), fileName: 'a.wav', language: 'en' };
      return (await transcriber.transcribe(request)).text;
    };
    expect(await textOf(humming)).toBe('(speech)');
    expect(await textOf(silence(2_000))).toBe('');
  });

  it('holds each model to its response formats and each file to its name', async () => {
    const client = new OpenAI({ apiKey: 'key', baseURL: simulator.url, maxRetries: 0 });
    const file = new File([mulawWav([silence(100)])], 'a.wav');
    const create = (fields: object): Promise<unknown> =>
      client.audio.transcriptions.create({ file, model: 'whisper-1', ...fields });
    await expect(
      create({ model: 'gpt-4o-transcribe', response_format: 'verbose_json' }),
    ).rejects.toMatchObject({ status: 400 });
    await expect(create({ file: new File(['x'], 'a.txt') })).rejects.toMatchObject({ status: 400 });
    await expect(create({ file: new File(['x'], 'a.wav') })).rejects.toMatchObject({ status: 400 });
    await expect(create({ language: 'he-IL' })).rejects.toMatchObject({ code: 'invalid_language_format' });
  });
});
