import OpenAI from 'openai';
import { retry, withTimeout } from '@frontdesk/runtime';
import { speechErrorOf } from '../openai-errors';
import { SpeechError } from '../speech-error';
import { PcmSamples } from './pcm-samples';
import { type SpeechSynthesizer, type SynthesisRequest } from './speech-synthesizer';

export interface OpenAiSynthesizerOptions {
  readonly apiKey: string;
  /** `http(s)://host/v1`. */
  readonly baseUrl: string;
  /** A setting, never a constant: each known speech model has an announced end. */
  readonly model: string;
  /** Bound on the wait for the answer and on each further chunk. @defaultValue 10000 */
  readonly timeoutMs?: number;
  /** Requests made before the failure is handed on; only a failed start is tried again. @defaultValue 2 */
  readonly attempts?: number;
}

/** The rate of OpenAI's `pcm` format, which has no header to say so. */
const OPENAI_PCM_HZ = 24_000;

/** Speech by OpenAI's `POST /audio/speech`, streamed as raw PCM so that the first frames can be played at once. */
export const createOpenAiSynthesizer = (options: OpenAiSynthesizerOptions): SpeechSynthesizer => {
  const timeoutMs = options.timeoutMs ?? 10_000;
  // The package would also try again when the quota is used up: trying again is ours.
  const client = new OpenAI({
    apiKey: options.apiKey,
    baseURL: options.baseUrl,
    timeout: timeoutMs,
    maxRetries: 0,
  });
  const start = (request: SynthesisRequest): Promise<Response> =>
    client.audio.speech
      .create(
        { model: options.model, voice: request.voice, input: request.text, response_format: 'pcm' },
        { signal: request.signal },
      )
      .catch((error: unknown) => {
        throw speechErrorOf(error, 'speech synthesis');
      });
  return {
    provider: 'openai',
    model: options.model,
    sampleRate: OPENAI_PCM_HZ,
    async *synthesize(request) {
      const response = await retry(
        { attempts: options.attempts ?? 2, minMs: 250, maxMs: 2_000, multiplier: 2 },
        () => start(request),
        // After a time-out the caller on the line has waited long enough: its own fallback comes first.
        {
          isRetryable: (error) => error instanceof SpeechError && error.failure === 'retryable',
          signal: request.signal,
        },
      ).catch((error: unknown) => {
        throw speechErrorOf(error, 'speech synthesis');
      });
      yield* samplesOf(response, timeoutMs, request.signal);
    },
  };
};

/** The package's time-out ends with the headers; a body that stalls is cut here. */
const samplesOf = async function* (
  response: Response,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Int16Array> {
  const contentType = response.headers.get('content-type') ?? '';
  // A proxy's page with status 200 would become noise on the line.
  if (/^(text|application\/json)/i.test(contentType))
    throw new SpeechError('retryable', `speech synthesis answered with ${contentType} instead of audio`);
  const reader = response.body?.getReader();
  if (!reader) throw new SpeechError('retryable', 'speech synthesis answered without a body');
  const samples = new PcmSamples();
  let isFirst = true;
  try {
    for (;;) {
      const { done, value } = await withTimeout(reader.read(), timeoutMs, 'waiting for more speech').catch(
        (error: unknown) => {
          throw readFailure(error, signal);
        },
      );
      if (done) {
        if (samples.hasHalf)
          throw new SpeechError('retryable', 'speech synthesis ended within a sample: it was cut');
        return;
      }
      if (isFirst && isText(value))
        throw new SpeechError('retryable', 'speech synthesis answered with text instead of audio');
      isFirst = false;
      const chunk = samples.push(value);
      if (chunk.length > 0) yield chunk;
    }
  } finally {
    // Ends the transfer when the consumer stops early or the body stalled; harmless after its end.
    reader.cancel().catch(() => undefined);
  }
};

/** Of samples, some of the first bytes are zero or no letter; of an error page that calls itself audio, each is one. */
const TEXT_BYTES = 64;
const isText = (bytes: Uint8Array): boolean =>
  bytes.length >= TEXT_BYTES &&
  bytes
    .subarray(0, TEXT_BYTES)
    .every((byte) => (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d));

const readFailure = (error: unknown, signal: AbortSignal | undefined): SpeechError => {
  if (signal?.aborted) return new SpeechError('aborted', 'speech synthesis was aborted', { cause: error });
  if (error instanceof Error && error.name === 'TimeoutError')
    return new SpeechError('timeout', `speech synthesis stalled: ${error.message}`, { cause: error });
  return speechErrorOf(error, 'speech synthesis');
};
