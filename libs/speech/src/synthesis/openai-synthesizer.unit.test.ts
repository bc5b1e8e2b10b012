import { type SpeechError } from '../speech-error';
import { createOpenAiSynthesizer } from './openai-synthesizer';
import { type SynthesisRequest } from './speech-synthesizer';

const request: SynthesisRequest = { text: 'Hello there', voice: 'marin', locale: 'en-US' };
const OPTIONS = { apiKey: 'key', baseUrl: 'http://127.0.0.1:1/v1', model: 'tts-x' };

const streamOf = (chunks: number[][], end: 'close' | 'stall' | 'break' = 'close'): ReadableStream =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new Uint8Array(chunk));
      if (end === 'close') controller.close();
      if (end === 'break') controller.error(new TypeError('terminated'));
    },
  });

const problem = (status: number, code: string, headers = {}): Response =>
  Response.json({ error: { message: 'no', type: 'x', param: null, code } }, { status, headers });

const answering = (...answers: (Response | Error)[]): jest.SpyInstance =>
  jest.spyOn(globalThis, 'fetch').mockImplementation(() => {
    const next = answers.length > 1 ? answers.shift() : answers[0];
    return next instanceof Response ? Promise.resolve(next.clone()) : Promise.reject(next as Error);
  });

const collect = async (options: object = {}, signal?: AbortSignal): Promise<number[]> => {
  const samples: number[] = [];
  for await (const chunk of createOpenAiSynthesizer({ ...OPTIONS, ...options }).synthesize({
    ...request,
    signal,
  }))
    samples.push(...chunk);
  return samples;
};

const failureOf = (promise: Promise<unknown>): Promise<SpeechError> =>
  promise.then(
    () => Promise.reject(new Error('expected a failure')),
    (error: SpeechError) => error,
  );

describe('OpenAI synthesizer', () => {
  afterEach(() => jest.restoreAllMocks());

  it('asks for PCM by the configured model and joins samples that chunks split', async () => {
    const fetchSpy = answering(new Response(streamOf([[0x01], [0x02, 0xff], [0xff, 0x34], [0x12]])));
    expect(await collect()).toEqual([0x0201, -1, 0x1234]);
    const [target, init] = fetchSpy.mock.calls[0] as [string, { body: string }];
    expect(target).toBe('http://127.0.0.1:1/v1/audio/speech');
    expect(JSON.parse(init.body)).toEqual({
      model: 'tts-x',
      voice: 'marin',
      input: 'Hello there',
      response_format: 'pcm',
    });
  });

  it('refuses a page that calls itself audio', async () => {
    const page = [...Buffer.from('<!doctype html><html><title>502 Bad Gateway</title>'.repeat(3))];
    answering(new Response(streamOf([page]), { headers: { 'content-type': 'audio/pcm' } }));
    expect(await failureOf(collect())).toMatchObject({
      failure: 'retryable',
      message: expect.stringContaining('text instead of audio'),
    });
  });

  it('tries once more after a failure of the server, and not after a rejection', async () => {
    const flaky = answering(problem(500, 'server_error'), new Response(streamOf([[1, 0]])));
    expect(await collect()).toEqual([1]);
    expect(flaky).toHaveBeenCalledTimes(2);
    const rejecting = answering(problem(401, 'invalid_api_key'));
    rejecting.mockClear();
    expect(await failureOf(collect())).toMatchObject({ failure: 'rejected', isRetryable: false });
    expect(rejecting).toHaveBeenCalledTimes(1);
  });

  it('tells a quota that is used up from a rate that is too high', async () => {
    const spent = answering(problem(429, 'insufficient_quota'));
    expect(await failureOf(collect())).toMatchObject({ failure: 'quota', isRetryable: false });
    expect(spent).toHaveBeenCalledTimes(1);
    answering(problem(429, 'rate_limit_exceeded', { 'retry-after': '3' }));
    const limited = await failureOf(collect({ attempts: 1 }));
    expect(limited).toMatchObject({ failure: 'retryable', details: { status: 429, retryAfterMs: 3_000 } });
  });

  it('ends with a time-out when the body stalls after the first chunk', async () => {
    answering(new Response(streamOf([[1, 0]], 'stall')));
    expect(await failureOf(collect({ timeoutMs: 20 }))).toMatchObject({
      failure: 'timeout',
      isRetryable: true,
    });
  });

  it('calls a broken transfer retryable and never repeats audio by itself', async () => {
    const spy = answering(new Response(streamOf([], 'break')));
    expect(await failureOf(collect())).toMatchObject({ failure: 'retryable' });
    expect(spy).toHaveBeenCalledTimes(1);
  });

  it('calls a body that ends within a sample cut', async () => {
    answering(new Response(streamOf([[1, 0, 9]])));
    expect(await failureOf(collect())).toMatchObject({
      failure: 'retryable',
      message: expect.stringMatching(/cut/),
    });
  });

  it('takes no page for audio, whatever its status', async () => {
    answering(new Response('<html>busy</html>', { headers: { 'content-type': 'text/html' } }));
    expect(await failureOf(collect())).toMatchObject({ message: expect.stringContaining('text/html') });
  });

  it('ends as aborted when the caller of it aborts', async () => {
    answering(new Error('unused'));
    expect(await failureOf(collect({}, AbortSignal.abort()))).toMatchObject({
      failure: 'aborted',
      isRetryable: false,
    });
  });
});
