import { type ConversationItem as WireItem } from 'openai/resources/realtime/realtime';
import { type SpokenText } from '../../voice/spoken-text';
import { wordsHeard } from '../../voice/listen';
import { Rejection } from '../rejection';

/** Speech of the model as far as it has been generated. */
export interface GeneratedSpeech {
  readonly spoken: SpokenText;
  generatedSamples: number;
}

/** One item of the conversation: what goes over the wire and what the model believes was said. */
export class ConversationItem {
  /** Set by a truncation: where the caller stopped hearing it. */
  truncatedAtMs: number | undefined;
  isDeleted = false;

  constructor(
    /** As the client sees it; replaced as the item grows. */
    public wire: WireItem & { id: string },
    /** The words, as the model believes they were said. */
    public text: string,
    readonly speech: GeneratedSpeech | null = null,
  ) {}

  get id(): string {
    return this.wire.id;
  }

  get role(): string {
    return 'role' in this.wire ? this.wire.role : this.wire.type;
  }

  get audioMs(): number | undefined {
    return this.speech ? (this.speech.generatedSamples * 1000) / this.speech.spoken.sampleRate : undefined;
  }

  /**
   * The caller heard no more than this. The vendor deletes the whole transcript; the simulator keeps beside it the
   * words that can be made out in the audio up to there, because that is what the model has left in its memory.
   */
  truncate(audioEndMs: number): void {
    const { speech, audioMs } = this;
    if (!speech || audioMs === undefined)
      throw new Rejection('invalid_value', 'Only model output audio messages can be truncated.', 'item_id');
    if (audioEndMs > audioMs)
      throw new Rejection(
        'invalid_value',
        `Audio content of ${Math.floor(audioMs)}ms is already shorter than ${audioEndMs}ms`,
        'audio_end_ms',
      );
    speech.generatedSamples = Math.round((audioEndMs * speech.spoken.sampleRate) / 1000);
    this.truncatedAtMs = audioEndMs;
    this.text = wordsHeard(speech.spoken.pcm, speech.spoken.sampleRate, audioEndMs);
    if ('content' in this.wire)
      this.wire = { ...this.wire, content: [{ type: 'output_audio' }] } as WireItem & { id: string };
  }
}
