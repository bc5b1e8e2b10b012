import { type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { writeWav } from '@frontdesk/audio';
import { type Book } from '../book/book';
import { type FaultRegistry } from '../faults/fault-registry';
import { encodeAudio } from '../realtime/audio/audio-codec';
import { VOICES } from '../realtime/session-config';
import { speak } from '../voice/spoken-text';
import { ApiError, readJson } from './answers';
import { sendSpeech } from './send-speech';

const MODELS = /^(tts-1|tts-1-hd|gpt-4o-mini-tts)(-\d{4}(-\d{2}-\d{2})?)?$/;
const PCM_HZ = 24_000;

const speechSchema = z.strictObject({
  model: z.string(),
  input: z.string().min(1).max(4096),
  voice: z.enum([...VOICES, 'fable', 'onyx', 'nova']),
  response_format: z.enum(['mp3', 'opus', 'aac', 'flac', 'wav', 'pcm']).default('mp3'),
  speed: z.number().min(0.25).max(4).optional(),
  instructions: z.string().max(4096).optional(),
  stream_format: z.enum(['audio', 'sse']).optional(),
});
export type SpeechRequest = z.infer<typeof speechSchema>;

/** `POST /v1/audio/speech`: the text in the voice that can be read back, streamed in small chunks. */
export const answerSpeech = async (
  { book, faults }: { book: Book; faults: FaultRegistry },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const body = await readJson(request, speechSchema);
  const record = (status: number, bytes: number): void =>
    book.request({
      atMs: Date.now(),
      kind: 'speech',
      status,
      model: body.model,
      voice: body.voice,
      text: body.input,
      bytes,
    });
  try {
    checkRules(body);
    strike(faults, body.input);
  } catch (error) {
    record(error instanceof ApiError ? error.status : 500, 0);
    throw error;
  }
  const { pcm } = speak(body.input, PCM_HZ);
  const bytes =
    body.response_format === 'wav' ? writeWav([pcm], PCM_HZ) : encodeAudio({ type: 'audio/pcm' }, pcm);
  record(200, bytes.length);
  await sendSpeech(response, body, bytes, faults);
};

const checkRules = (body: SpeechRequest): void => {
  if (!MODELS.test(body.model))
    throw new ApiError(
      404,
      `The model \`${body.model}\` does not exist or you do not have access to it.`,
      'model_not_found',
    );
  if (body.model.startsWith('tts-1') && (body.instructions !== undefined || body.stream_format === 'sse'))
    throw new ApiError(400, `Not supported by ${body.model}.`, 'invalid_value');
  if (body.stream_format === 'sse' || !['pcm', 'wav'].includes(body.response_format))
    throw new ApiError(400, 'This simulator renders pcm and wav only.', 'invalid_value', 'response_format');
};

const strike = (faults: FaultRegistry, input: string): void => {
  if (faults.take('speech-500', input))
    throw new ApiError(500, 'The server had an error while processing your request.');
  const limited = faults.take('speech-429', input);
  if (limited)
    throw new ApiError(429, 'Rate limit reached', limited.text('code', 'rate_limit_exceeded'), null, {
      'retry-after': limited.text('retryAfter', '1'),
    });
};
