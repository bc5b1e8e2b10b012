import { type IncomingMessage, type ServerResponse } from 'node:http';
import { extname } from 'node:path';
import { parseWav, resample, SAMPLE_RATE, WavError } from '@frontdesk/audio';
import { type Book } from '../book/book';
import { type FaultRegistry } from '../faults/fault-registry';
import { transcriptOfChannels } from '../voice/listen';
import { ApiError, sendJson } from './answers';
import { readMultipart, type MultipartForm } from './multipart';

const MAX_FILE_BYTES = 25 * 1024 * 1024;
const KNOWN_EXTENSIONS = ['flac', 'mp3', 'mp4', 'mpeg', 'mpga', 'm4a', 'ogg', 'wav', 'webm'];
const SINGLE_FIELDS = ['model', 'language', 'prompt', 'response_format', 'temperature'];
const LIST_FIELDS = ['languages', 'languages[]', 'keywords', 'keywords[]', 'include[]'];

/** Which response formats each family of models takes. */
const FAMILIES: readonly { readonly pattern: RegExp; readonly formats: readonly string[] }[] = [
  { pattern: /^whisper-1$/, formats: ['json', 'text', 'srt', 'verbose_json', 'vtt'] },
  { pattern: /^gpt-4o-transcribe-diarize$/, formats: ['json', 'text', 'diarized_json'] },
  { pattern: /^gpt-4o(-mini)?-transcribe(-\d{4}-\d{2}-\d{2})?$/, formats: ['json'] },
  { pattern: /^gpt-transcribe/, formats: ['json', 'text'] },
];

/** `POST /v1/audio/transcriptions` for WAV files: the words of every channel, in the order they were begun. */
export const answerTranscription = async (
  { book, faults }: { book: Book; faults: FaultRegistry },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const form = await readMultipart(request, MAX_FILE_BYTES);
  const field = (name: string): string | undefined => form.fields.get(name)?.[0];
  const languages = form.fields.get('languages[]') ?? form.fields.get('languages');
  const language = field('language') ?? languages?.[0];
  const model = field('model') ?? '';
  const record = (status: number, text: string): void =>
    book.request({
      atMs: Date.now(),
      kind: 'transcription',
      status,
      model,
      text,
      ...(form.file && { fileName: form.file.name }),
      ...(language !== undefined && { language }),
      bytes: form.file?.bytes.length ?? 0,
    });
  try {
    checkRules(model, form);
    if (faults.take('transcriptions-500')) throw new ApiError(500, 'The server had an error.');
    const { text, seconds } = heardIn(form.file);
    record(200, text);
    if (field('response_format') === 'text') {
      response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
      return;
    }
    sendJson(response, 200, {
      text,
      ...(model.startsWith('gpt-transcribe') &&
        languages && { languages: languages.map((code) => ({ code })) }),
      usage: { type: 'duration', seconds: Math.ceil(seconds) },
    });
  } catch (error) {
    if (error instanceof ApiError) record(error.status, '');
    throw error;
  }
};

const checkRules = (model: string, { fields }: MultipartForm): void => {
  const family = FAMILIES.find(({ pattern }) => pattern.test(model));
  if (!family)
    throw new ApiError(
      404,
      `The model \`${model}\` does not exist or you do not have access to it.`,
      'model_not_found',
    );
  const unknown = [...fields.keys()].find((name) => ![...SINGLE_FIELDS, ...LIST_FIELDS].includes(name));
  if (unknown)
    throw new ApiError(
      400,
      `Unrecognized request argument supplied: ${unknown}`,
      'unknown_parameter',
      unknown,
    );
  const format = fields.get('response_format')?.[0] ?? 'json';
  if (!family.formats.includes(format))
    throw new ApiError(
      400,
      `response_format '${format}' is not compatible with model '${model}'.`,
      'unsupported_value',
      'response_format',
    );
  if (!['json', 'text'].includes(format))
    throw new ApiError(400, 'This simulator writes json and text only.', 'invalid_value', 'response_format');
  const language = fields.get('language')?.[0];
  const takesList = model.startsWith('gpt-transcribe');
  if (takesList && language !== undefined)
    throw new ApiError(
      400,
      `'language' is not supported by ${model}; use 'languages'.`,
      'unknown_parameter',
      'language',
    );
  if (language !== undefined && !/^[a-z]{2,3}$/.test(language))
    throw new ApiError(
      400,
      `Invalid language '${language}'. Language parameter must be specified in ISO-639-1 format.`,
      'invalid_language_format',
      'language',
    );
};

const heardIn = (file: MultipartForm['file']): { text: string; seconds: number } => {
  if (!file)
    throw new ApiError(400, "Missing required parameter: 'file'.", 'missing_required_parameter', 'file');
  const extension = extname(file.name).slice(1).toLowerCase();
  if (!KNOWN_EXTENSIONS.includes(extension))
    throw new ApiError(
      400,
      `Invalid file format. Supported formats: ${KNOWN_EXTENSIONS.join(', ')}`,
      'invalid_value',
      'file',
    );
  if (extension !== 'wav')
    throw new ApiError(400, 'This simulator listens to wav only.', 'invalid_value', 'file');
  try {
    const { sampleRate, samples } = parseWav(file.bytes);
    const text = transcriptOfChannels(samples.map((pcm) => toTelephoneRate(pcm, sampleRate)));
    return { text, seconds: (samples[0]?.length ?? 0) / sampleRate };
  } catch (error) {
    if (error instanceof WavError)
      throw new ApiError(
        400,
        'The audio file could not be decoded or its format is not supported.',
        'invalid_value',
        'file',
      );
    throw error;
  }
};

const toTelephoneRate = (pcm: Int16Array, sampleRate: number): Int16Array =>
  sampleRate === SAMPLE_RATE ? pcm : resample(pcm, sampleRate, SAMPLE_RATE);
