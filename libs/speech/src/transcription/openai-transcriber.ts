import OpenAI, { toFile } from 'openai';
import { languageOf } from '../language';
import { speechErrorOf } from '../openai-errors';
import { type Transcriber, type Transcription } from './transcriber';

export interface OpenAiTranscriberOptions {
  readonly apiKey: string;
  /** `http(s)://host/v1`. */
  readonly baseUrl: string;
  /** A setting, never a constant: each known transcription model has an announced end. */
  readonly model: string;
  /** Bound on one request. @defaultValue 120000 */
  readonly timeoutMs?: number;
}

/**
 * Transcripts by OpenAI's `POST /audio/transcriptions`, in the one response format that all its models share (`json`).
 * One request a call: the job that asks has its own back-off, and a hidden second request would be billed twice.
 */
export const createOpenAiTranscriber = (options: OpenAiTranscriberOptions): Transcriber => {
  const client = new OpenAI({
    apiKey: options.apiKey,
    baseURL: options.baseUrl,
    timeout: options.timeoutMs ?? 120_000,
    maxRetries: 0,
  });
  return {
    provider: 'openai',
    model: options.model,
    async transcribe({ audio, fileName, language, signal }) {
      try {
        const type = fileName.endsWith('.mp3') ? 'audio/mpeg' : 'audio/wav';
        const file = await toFile(audio, fileName, { type });
        const hint = languageHint(options.model, languageOf(language));
        const answer = await client.audio.transcriptions.create(
          { file, model: options.model, response_format: 'json', ...hint },
          { signal },
        );
        return { text: answer.text.trim(), language: languageHeard(answer) };
      } catch (error) {
        throw speechErrorOf(error, 'transcription');
      }
    },
  };
};

/** The models after whisper-1 and gpt-4o take a list of `languages` where the older ones take one `language`. */
const languageHint = (
  model: string,
  language: string | undefined,
): { language?: string; languages?: string[] } => {
  if (language === undefined) return {};
  return model.startsWith('gpt-transcribe') ? { languages: [language] } : { language };
};

/** `languages:[{code}]` of gpt-transcribe or `language` of others; neither is in the package's types of `json`. */
const languageHeard = (answer: object): Transcription['language'] => {
  const { language, languages } = answer as { language?: unknown; languages?: unknown };
  if (typeof language === 'string') return language;
  const first: unknown = Array.isArray(languages) ? languages[0] : undefined;
  const code = (first as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : null;
};
