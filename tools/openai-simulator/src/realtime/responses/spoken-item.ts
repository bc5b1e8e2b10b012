import { newOpenAiId } from '../../ids';
import { speak, type SpokenText } from '../../voice/spoken-text';
import { encodeAudio, rateOf } from '../audio/audio-codec';
import { ConversationItem, type GeneratedSpeech } from '../items/conversation-item';
import { type AudioFormat } from '../session-config';
import { cutsOf, type Cut } from './audio-pieces';
import { closeItem, openItem, type EndStatus, type OutputContext, type OutputItem } from './output-item';

export interface SpeechDelivery {
  readonly format: AudioFormat;
  /** Audio in one delta. */
  readonly deltaMs: number;
  /** How many times faster than real time. */
  readonly speed: number;
  readonly firstAudioMs: number;
  readonly cut: Cut;
  /** Where `max_output_tokens` ends it. */
  readonly maxAudioMs: number;
}

/** An assistant's message with audio: transcript and audio deltas, interleaved, much faster than real time. */
export class SpokenItem implements OutputItem {
  readonly item: ConversationItem;
  private readonly spoken: SpokenText;
  private readonly speech: GeneratedSpeech;
  private wordsSent = 0;
  private isPartOpen = false;

  constructor(
    private readonly context: OutputContext,
    text: string,
    private readonly delivery: SpeechDelivery,
  ) {
    this.spoken = speak(text, rateOf(delivery.format));
    this.speech = { spoken: this.spoken, generatedSamples: 0 };
    const id = newOpenAiId('item');
    this.item = new ConversationItem(
      { id, object: 'realtime.item', type: 'message', role: 'assistant', status: 'in_progress', content: [] },
      '',
      this.speech,
    );
  }

  *perform(): Generator<number, EndStatus> {
    const { delivery, spoken } = this;
    openItem(this.context, this.item);
    this.context.send({
      type: 'response.content_part.added',
      ...this.place(),
      part: { type: 'audio', transcript: '' },
    });
    this.isPartOpen = true;
    yield delivery.firstAudioMs;
    const bytes = encodeAudio(delivery.format, spoken.pcm);
    const bytesPerSample = bytes.length / Math.max(1, spoken.pcm.length);
    const bytesPerMs = (spoken.sampleRate / 1000) * bytesPerSample;
    const limit = Math.min(bytes.length, Math.floor(delivery.maxAudioMs * bytesPerMs));
    let from = 0;
    for (const to of cutsOf(limit, delivery.cut, Math.round(delivery.deltaMs * bytesPerMs))) {
      this.sendTranscriptUntil(to / bytesPerMs);
      this.context.send({
        type: 'response.output_audio.delta',
        ...this.place(),
        delta: bytes.toString('base64', from, to),
      });
      this.speech.generatedSamples = Math.floor(to / bytesPerSample);
      yield (to - from) / bytesPerMs / delivery.speed;
      from = to;
    }
    return limit < bytes.length ? 'incomplete' : 'completed';
  }

  close(status: EndStatus): void {
    const transcript = this.item.text;
    if (this.isPartOpen) {
      this.context.send({ type: 'response.output_audio.done', ...this.place() });
      this.context.send({ type: 'response.output_audio_transcript.done', ...this.place(), transcript });
      this.context.send({
        type: 'response.content_part.done',
        ...this.place(),
        part: { type: 'audio', transcript },
      });
    }
    closeItem(this.context, this.item, {
      object: 'realtime.item',
      type: 'message',
      role: 'assistant',
      status,
      content: [{ type: 'output_audio', transcript }],
    });
  }

  /** A word's transcript goes out before the audio in which it begins. */
  private sendTranscriptUntil(audioMs: number): void {
    const { words } = this.spoken;
    for (let word = words[this.wordsSent]; word && word.startMs < audioMs; word = words[this.wordsSent]) {
      const delta = this.wordsSent === 0 ? word.text : ` ${word.text}`;
      this.item.text += delta;
      this.wordsSent += 1;
      this.context.send({ type: 'response.output_audio_transcript.delta', ...this.place(), delta });
    }
  }

  private place(): { response_id: string; item_id: string; output_index: number; content_index: number } {
    const { responseId, outputIndex } = this.context;
    return { response_id: responseId, item_id: this.item.id, output_index: outputIndex, content_index: 0 };
  }
}
