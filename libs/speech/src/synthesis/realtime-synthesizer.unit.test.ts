import { encodeMulaw } from '@frontdesk/audio';
import { type RealtimeEvent, type RealtimeModel } from '../realtime/realtime-model';
import { createRealtimeSynthesizer } from './realtime-synthesizer';

const text = 'Hello, this is Dana.';
const audio = encodeMulaw(Int16Array.from({ length: 400 }, (_, n) => n * 10));
type Script = (emit: (event: RealtimeEvent) => void) => void;

const reading =
  (transcript: string, status: 'completed' | 'failed' = 'completed'): Script =>
  (emit) => {
    const ids = { responseId: 'r', itemId: 'i' };
    // As the sessions do: all audio is lent from one place.
    const lent = Buffer.alloc(audio.length);
    const emitAudio = (piece: Uint8Array): void => {
      lent.set(piece);
      emit({ kind: 'audio', ...ids, mulaw: lent.subarray(0, piece.length) });
      lent.fill(0);
    };
    emitAudio(audio.subarray(0, 100));
    for (const word of transcript.split(/(?<= )/)) emit({ kind: 'agent-transcript', ...ids, text: word });
    emitAudio(audio.subarray(100));
    emit({ kind: 'response-done', responseId: 'r', status, reason: null, usage: null });
  };

const failure = (
  problem: Extract<RealtimeEvent, { kind: 'error' }>['problem'],
  code: string,
): RealtimeEvent => ({
  kind: 'error',
  problem,
  command: null,
  code,
  message: '',
  recoverable: false,
  eventId: null,
});

/** A model whose sessions answer one script each. */
const modelOf = (...scripts: Script[]) => {
  const asked: unknown[] = [];
  let closed = 0;
  const model: RealtimeModel = {
    provider: 'openai',
    model: 'rt-1',
    open: (emit) =>
      ({
        configure: (settings: unknown) => asked.push(settings),
        createResponse: (options: unknown) => {
          asked.push(options);
          queueMicrotask(() => scripts.shift()?.(emit));
          return 'c1';
        },
        close: () => (closed += 1),
      }) as never,
  };
  return { model, asked, closed: () => closed };
};

const speak = async (model: RealtimeModel, options = {}, signal?: AbortSignal): Promise<number> => {
  let samples = 0;
  const synthesizer = createRealtimeSynthesizer({ model, ...options });
  for await (const piece of synthesizer.synthesize({ text, voice: 'marin', locale: 'en-US', signal }))
    samples += piece.length;
  return samples;
};

describe('a Realtime model as a voice', () => {
  it('is told to say exactly the text, and its whole speech is delivered', async () => {
    const { model, asked, closed } = modelOf(reading('Hello this is Dana'));
    expect(await speak(model)).toBe(400);
    expect(asked).toEqual([
      expect.objectContaining({ voice: 'marin', locale: 'en-US', tools: [] }),
      { instructions: `Say exactly: ${text}` },
    ]);
    expect(closed()).toBe(1);
  });

  it('is asked again, in a new session, when it said something else', async () => {
    const { model, closed } = modelOf(reading('Sure! Hello, this is Dana.'), reading(text));
    expect(await speak(model)).toBe(400);
    expect(closed()).toBe(2);
  });

  it('is refused when it never says the text, and nothing of it is delivered', async () => {
    const { model } = modelOf(reading('Hi'), reading('Hello, this is Dana. How are you?'));
    await expect(speak(model)).rejects.toMatchObject({
      failure: 'retryable',
      message: /as written in 2 readings/,
    });
  });

  it.each<[string, Script, string]>([
    ['its response fails', reading(text, 'failed'), 'retryable'],
    ['the key is wrong', (emit) => emit(failure('denied', 'handshake-401')), 'rejected'],
    ['it is unreachable', (emit) => emit(failure('unavailable', 'ECONNREFUSED')), 'retryable'],
    [
      'its socket is cut',
      (emit) => emit({ kind: 'closed', reason: 'remote', isRetryable: true }),
      'retryable',
    ],
  ])('fails, and its session is closed, when %s', async (_what, script, failure) => {
    const { model, closed } = modelOf(script);
    await expect(speak(model)).rejects.toMatchObject({ failure });
    expect(closed()).toBe(1);
  });

  it('fails when it is mute', async () => {
    const { model, closed } = modelOf(() => undefined);
    await expect(speak(model, { timeoutMs: 20 })).rejects.toMatchObject({ failure: 'timeout' });
    expect(closed()).toBe(1);
  });

  it('stops when told to', async () => {
    const { model, closed } = modelOf(() => undefined);
    const abort = new AbortController();
    const speaking = speak(model, {}, abort.signal);
    setImmediate(() => abort.abort());
    await expect(speaking).rejects.toMatchObject({ failure: 'aborted' });
    expect(closed()).toBe(1);
  });
});
