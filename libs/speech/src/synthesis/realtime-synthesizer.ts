import { decodeMulaw, SAMPLE_RATE } from '@frontdesk/audio';
import { TimeoutError, withTimeout } from '@frontdesk/runtime';
import { type RealtimeEvent, type RealtimeModel } from '../realtime/realtime-model';
import { SpeechError } from '../speech-error';
import { type SpeechSynthesizer, type SynthesisRequest } from './speech-synthesizer';
import { saysTheSame } from './verbatim';

export interface RealtimeSynthesizerOptions {
  readonly model: RealtimeModel;
  /** Bound on one reading of the text, from the connection to the last audio. @defaultValue 20000 */
  readonly timeoutMs?: number;
  /** Readings made before a text that is never said as written is refused. @defaultValue 2 */
  readonly attempts?: number;
}

/** Far beyond the longest text that is spoken here. */
const MAX_AUDIO_BYTES = 10 * 60 * SAMPLE_RATE;

const READER = 'You are a voice that reads text aloud, word for word, and says nothing of its own.';

interface Reading {
  readonly mulaw: Buffer;
  readonly transcript: string;
}

/**
 * Speech by a Realtime model that reads the text verbatim: the vendor's successor to its speech models. A model may add
 * or change words, so what it says is held back until its transcript is known to be the text; hence this speech comes all
 * at once, when it is whole. The session speaks 8 kHz mu-law, as the telephone does.
 */
export const createRealtimeSynthesizer = (options: RealtimeSynthesizerOptions): SpeechSynthesizer => {
  const { model, timeoutMs = 20_000, attempts = 2 } = options;
  return {
    provider: `${model.provider}-realtime`,
    model: model.model,
    sampleRate: SAMPLE_RATE,
    async *synthesize(request) {
      for (let attempt = 1; attempt <= attempts; attempt++) {
        const { mulaw, transcript } = await readAloud(model, request, timeoutMs);
        if (!saysTheSame(request.text, transcript)) continue;
        yield decodeMulaw(mulaw);
        return;
      }
      throw new SpeechError('retryable', `the model did not say the text as written in ${attempts} readings`);
    },
  };
};

const readAloud = async (
  model: RealtimeModel,
  { text, voice, locale, signal }: SynthesisRequest,
  timeoutMs: number,
): Promise<Reading> => {
  signal?.throwIfAborted();
  let settle!: { resolve: (reading: Reading) => void; reject: (error: SpeechError) => void };
  const reading = new Promise<Reading>((resolve, reject) => (settle = { resolve, reject }));
  const session = model.open(listener(settle.resolve, settle.reject));
  const onAbort = (): void => settle.reject(new SpeechError('aborted', 'the reading was aborted'));
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    session.configure({ instructions: READER, voice, locale, tools: [] });
    session.createResponse({ instructions: `Say exactly: ${text}` });
    return await withTimeout(reading, timeoutMs, 'a reading by the model');
  } catch (error) {
    if (error instanceof TimeoutError)
      throw new SpeechError('timeout', `speech synthesis stalled: ${error.message}`, { cause: error });
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    session.close();
  }
};

/** Collects one response; the first that ends, or the first failure, settles it. */
const listener = (
  resolve: (reading: Reading) => void,
  reject: (error: SpeechError) => void,
): ((event: RealtimeEvent) => void) => {
  const pieces: Buffer[] = [];
  let [bytes, transcript] = [0, ''];
  return (event) => {
    if (event.kind === 'audio') {
      pieces.push(Buffer.from(event.mulaw));
      bytes += event.mulaw.length;
      if (bytes > MAX_AUDIO_BYTES) reject(new SpeechError('rejected', 'the model never stopped speaking'));
    }
    if (event.kind === 'agent-transcript') transcript += event.text;
    if (event.kind === 'response-done' && event.status === 'completed')
      resolve({ mulaw: Buffer.concat(pieces), transcript });
    else if (event.kind === 'response-done')
      reject(new SpeechError('retryable', `the reading ended ${event.status}: ${event.reason ?? ''}`));
    if (event.kind === 'error') reject(failureOf(event));
    if (event.kind === 'closed')
      reject(new SpeechError('retryable', `the session with the model ended: ${event.reason}`));
  };
};

const failureOf = ({ problem, code }: Extract<RealtimeEvent, { kind: 'error' }>): SpeechError => {
  if (code === 'insufficient_quota')
    return new SpeechError('quota', 'the model refused: the quota is used up');
  if (code.endsWith('time-out')) return new SpeechError('timeout', `the model did not answer: ${code}`);
  if (problem === 'denied' || problem === 'refused')
    return new SpeechError('rejected', `the model refused: ${code}`, { code });
  return new SpeechError('retryable', `the model failed: ${code}`, { code });
};
