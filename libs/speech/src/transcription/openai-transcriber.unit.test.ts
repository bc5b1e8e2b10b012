import { createOpenAiTranscriber } from './openai-transcriber';

const transcriberOf = (model: string): ReturnType<typeof createOpenAiTranscriber> =>
  createOpenAiTranscriber({ apiKey: 'key', baseUrl: 'http://127.0.0.1:1/v1', model });

/** The requests made, without the package's own probe of what `fetch` can do (a `data:` address). */
const requestsOf = (spy: jest.SpyInstance): [string, { body: FormData }][] =>
  (spy.mock.calls as [string, { body: FormData }][]).filter(([target]) => target.startsWith('http'));

const answering = (answer: object, status = 200): jest.SpyInstance => {
  const original = globalThis.fetch;
  return jest
    .spyOn(globalThis, 'fetch')
    .mockImplementation((...[target, init]) =>
      typeof target === 'string' && target.startsWith('http')
        ? Promise.resolve(Response.json(answer, { status }))
        : original(target, init),
    );
};

const formOf = (spy: jest.SpyInstance): FormData => {
  const [request] = requestsOf(spy);
  if (!request) throw new Error('no request was made');
  return request[1].body;
};
const wav = Buffer.from('RIFF');

describe('OpenAI transcriber', () => {
  afterEach(() => jest.restoreAllMocks());

  it('sends the file with its name, json and the ISO 639-1 code of the locale', async () => {
    const spy = answering({ text: ' shalom ' });
    const answer = await transcriberOf('whisper-1').transcribe({
      audio: wav,
      fileName: 'RE1.wav',
      language: 'iw-IL',
    });
    expect(answer).toEqual({ text: 'shalom', language: null });
    const form = formOf(spy);
    expect(form.get('language')).toBe('he');
    expect(form.get('response_format')).toBe('json');
    expect(form.get('file')).toMatchObject({ name: 'RE1.wav', type: 'audio/wav' });
  });

  it('says of an MP3 that it is one', async () => {
    const spy = answering({ text: 'x' });
    await transcriberOf('whisper-1').transcribe({ audio: wav, fileName: 'RE1.mp3', language: 'en' });
    expect(formOf(spy).get('file')).toMatchObject({ name: 'RE1.mp3', type: 'audio/mpeg' });
  });

  it('hints by a list for the models that take one and reads the language they heard', async () => {
    const spy = answering({ text: 'shalom', languages: [{ code: 'he' }] });
    const answer = await transcriberOf('gpt-transcribe').transcribe({
      audio: wav,
      fileName: 'a.wav',
      language: 'he-IL',
    });
    expect(answer.language).toBe('he');
    expect(formOf(spy).getAll('languages[]')).toEqual(['he']);
    expect(formOf(spy).has('language')).toBe(false);
  });

  it('leaves the language to the provider when the locale has no such code', async () => {
    const spy = answering({ text: 'x' });
    await transcriberOf('whisper-1').transcribe({ audio: wav, fileName: 'a.wav', language: 'auto' });
    expect(formOf(spy).has('language')).toBe(false);
  });

  it('makes one request and says whether another may help', async () => {
    const spy = answering({ error: { message: 'later', code: null } }, 503);
    const failure = transcriberOf('whisper-1').transcribe({ audio: wav, fileName: 'a.wav', language: 'en' });
    await expect(failure).rejects.toMatchObject({
      failure: 'retryable',
      isRetryable: true,
      mayBeBilled: false,
    });
    expect(requestsOf(spy)).toHaveLength(1);
  });

  it('knows what cannot have been billed: a refusal, and a request that never left', async () => {
    const ask = (): Promise<unknown> =>
      transcriberOf('whisper-1').transcribe({ audio: wav, fileName: 'a.wav', language: 'en' });
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    jest.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('fetch failed', { cause: refused }));
    await expect(ask()).rejects.toMatchObject({ failure: 'retryable', mayBeBilled: false });
    jest.restoreAllMocks();
    answering({ error: { message: 'no money', code: 'insufficient_quota' } }, 429);
    await expect(ask()).rejects.toMatchObject({ failure: 'quota', mayBeBilled: false });
    jest.restoreAllMocks();
    jest.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('terminated'));
    await expect(ask()).rejects.toMatchObject({ failure: 'retryable', mayBeBilled: true });
  });
});
