/** Hears speech while it is made, before anyone knows whether it will be whole. */
export interface SpeechListener {
  /** A provider begins; again, when the next one has to say it all anew. */
  begin(sampleRate: number): void;
  piece(pcm: Int16Array): void;
  /** It was whole, and it was speech. */
  end(): void;
}
