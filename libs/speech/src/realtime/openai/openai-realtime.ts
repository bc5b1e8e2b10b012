import { type RealtimeModel } from '../realtime-model';
import { OpenAiRealtimeSession, type SessionTimings } from './openai-realtime-session';
import { realtimeUrl } from './realtime-url';
import { type UnusedMessage } from './server-events';

export interface OpenAiRealtimeOptions {
  readonly apiKey: string;
  /** `http(s)://host/v1`. */
  readonly baseUrl: string;
  readonly model: string;
  /** Model that transcribes the caller inside the session. */
  readonly transcriptionModel: string;
  readonly timings?: Partial<SessionTimings>;
  /** Told of each message that nobody can use, for counting: an event that is not known, or no event at all. */
  readonly onUnused?: (message: UnusedMessage) => void;
}

/** OpenAI Realtime over our own `ws` client, in the GA form (no `OpenAI-Beta` header). */
export const createOpenAiRealtime = (options: OpenAiRealtimeOptions): RealtimeModel => ({
  provider: 'openai',
  model: options.model,
  open: (onEvent) =>
    new OpenAiRealtimeSession(onEvent, {
      url: realtimeUrl(options.baseUrl, options.model),
      apiKey: options.apiKey,
      transcriptionModel: options.transcriptionModel,
      timings: options.timings ?? {},
      onUnused: options.onUnused ?? (() => undefined),
    }),
});
