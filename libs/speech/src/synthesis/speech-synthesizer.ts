/** What is to be spoken. */
export interface SynthesisRequest {
  /** At most 4096 characters for OpenAI. */
  readonly text: string;
  readonly voice: string;
  /** BCP 47; OpenAI hears the language from the text itself, other providers need it. */
  readonly locale: string;
  readonly signal?: AbortSignal | undefined;
}

/** Text in, 16-bit mono PCM out as it is generated. Failures are {@link SpeechError}s, thrown by the iteration. */
export interface SpeechSynthesizer {
  /** Names the cache entries of what was synthesized. */
  readonly provider: string;
  readonly model: string;
  /** Hz of every chunk. */
  readonly sampleRate: number;
  synthesize(request: SynthesisRequest): AsyncIterable<Int16Array>;
}
