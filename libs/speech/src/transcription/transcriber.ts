/** A recording, or one channel of it, to be written down. */
export interface TranscriptionRequest {
  /** A whole file: WAV or MP3. */
  readonly audio: Buffer;
  /** With its extension: the provider tells the format by it. */
  readonly fileName: string;
  /** A language or locale (`he`, `he-IL`); what has no ISO 639-1 code is left for the provider to hear. */
  readonly language: string;
  readonly signal?: AbortSignal | undefined;
}

export interface Transcription {
  readonly text: string;
  /** As the provider heard it; null when it does not say. */
  readonly language: string | null;
}

/** Speech to text of a file. Failures are {@link SpeechError}s. */
export interface Transcriber {
  readonly provider: string;
  readonly model: string;
  transcribe(request: TranscriptionRequest): Promise<Transcription>;
}
