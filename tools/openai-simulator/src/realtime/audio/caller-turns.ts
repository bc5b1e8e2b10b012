import { SAMPLE_RATE } from '@frontdesk/audio';
import { newOpenAiId } from '../../ids';
import { transcriptOf } from '../../voice/listen';
import { type Conversation } from '../items/conversation';
import { ConversationItem } from '../items/conversation-item';
import { Rejection } from '../rejection';
import { type ServerEvent } from '../server-event';
import { type SessionConfig, type TurnDetection } from '../session-config';
import { type SessionContext } from '../session-context';
import { AudioReader } from './audio-codec';
import { InputAudio } from './input-audio';
import { VoiceActivityDetector, type VoiceActivitySettings } from './voice-activity';

/** A session as its caller's turns see it. */
export interface TurnSession {
  readonly context: SessionContext;
  readonly conversation: Conversation;
  readonly config: SessionConfig;
  send(event: ServerEvent): void;
  /** The caller began to speak. */
  interrupted(): void;
  /** The caller's turn is in the conversation. */
  turnEnded(): void;
  /** Something in the conversation changed. */
  changed(): void;
}

/** The vendor refuses to commit less. */
const MIN_COMMIT_MS = 100;
/** How patient semantic VAD is; this simulator goes by silence there too. */
const EAGERNESS_SILENCE_MS = { low: 1_500, medium: 800, auto: 800, high: 400 };

const vadSettingsOf = (detection: TurnDetection): VoiceActivitySettings =>
  detection.type === 'server_vad'
    ? {
        threshold: detection.threshold,
        prefixPaddingMs: detection.prefix_padding_ms,
        silenceDurationMs: detection.silence_duration_ms,
      }
    : { threshold: 0.5, prefixPaddingMs: 300, silenceDurationMs: EAGERNESS_SILENCE_MS[detection.eagerness] };

/** From appended audio to the caller's items: finds the turns, commits them, writes them down. */
export class CallerTurns {
  private readonly audio = new InputAudio();
  private reader: AudioReader;
  private vad: VoiceActivityDetector | undefined;
  private turn: { readonly itemId: string; readonly startMs: number } | undefined;
  private committedMs = 0;

  constructor(private readonly session: TurnSession) {
    this.reader = new AudioReader(session.config.audio.input.format);
    this.configure();
  }

  get receivedMs(): number {
    return this.audio.positionMs;
  }

  /** Takes over changed settings of the session. */
  configure(formatChanged = false): void {
    const { format, turn_detection: detection } = this.session.config.audio.input;
    if (formatChanged) this.reader = new AudioReader(format);
    if (detection === null) this.vad = undefined;
    else if (this.vad) this.vad.settings = vadSettingsOf(detection);
    else this.vad = new VoiceActivityDetector(vadSettingsOf(detection));
  }

  append(base64: string): void {
    const pcm = this.reader.read(base64);
    this.audio.append(pcm);
    for (const activity of this.vad?.push(pcm) ?? []) {
      if (activity.kind === 'started') this.started(activity.audioStartMs);
      else this.stopped(activity.audioEndMs);
    }
    if (this.vad && !this.turn)
      this.audio.forgetBefore(this.audio.positionMs - this.vad.settings.prefixPaddingMs - KEPT_MS);
  }

  /** By the client: everything since the last commit, or the turn that is being spoken. */
  commit(): void {
    const fromMs = Math.max(this.committedMs, this.audio.positionMs - this.audio.heldMs);
    const ms = this.audio.positionMs - fromMs;
    if (ms < MIN_COMMIT_MS)
      throw new Rejection(
        'input_audio_buffer_commit_empty',
        `Error committing input audio buffer: buffer too small. Expected at least ${MIN_COMMIT_MS}ms of audio, but buffer only has ${ms.toFixed(2)}ms of audio.`,
      );
    this.vad?.reset();
    const itemId = this.turn?.itemId ?? newOpenAiId('item');
    this.turn = undefined;
    this.commitSlice(itemId, fromMs, this.audio.positionMs);
  }

  clear(): void {
    this.vad?.reset();
    this.turn = undefined;
    this.committedMs = this.audio.positionMs;
    this.session.send({ type: 'input_audio_buffer.cleared' });
  }

  private started(audioStartMs: number): void {
    const itemId = newOpenAiId('item');
    this.turn = { itemId, startMs: audioStartMs };
    this.session.send({
      type: 'input_audio_buffer.speech_started',
      audio_start_ms: Math.round(audioStartMs),
      item_id: itemId,
    });
    this.session.interrupted();
  }

  private stopped(audioEndMs: number): void {
    const { turn } = this;
    if (!turn) return;
    this.turn = undefined;
    this.session.send({
      type: 'input_audio_buffer.speech_stopped',
      audio_end_ms: Math.round(audioEndMs),
      item_id: turn.itemId,
    });
    this.commitSlice(turn.itemId, turn.startMs, audioEndMs);
    this.session.turnEnded();
  }

  private commitSlice(itemId: string, fromMs: number, toMs: number): void {
    const pcm = this.audio.slice(fromMs, toMs);
    this.committedMs = toMs;
    const previousId = this.session.conversation.lastId;
    this.session.send({
      type: 'input_audio_buffer.committed',
      previous_item_id: previousId,
      item_id: itemId,
    });
    const item = new ConversationItem(
      {
        id: itemId,
        object: 'realtime.item',
        type: 'message',
        role: 'user',
        status: 'completed',
        content: [{ type: 'input_audio' }],
      },
      transcriptOf(pcm),
    );
    this.session.conversation.add(item);
    this.session.send({ type: 'conversation.item.added', previous_item_id: previousId, item: item.wire });
    this.session.send({ type: 'conversation.item.done', previous_item_id: previousId, item: item.wire });
    this.transcribe(item, pcm.length / SAMPLE_RATE);
  }

  /** Some time later, whatever the responses do meanwhile. */
  private transcribe(item: ConversationItem, seconds: number): void {
    if (this.session.config.audio.input.transcription === null) return;
    const { clock, faults, pace } = this.session.context;
    const delayMs = faults.take('transcription-late')?.number('ms', 3_000) ?? pace.transcriptionMs;
    const failed = faults.take('transcription-failed');
    const place = { item_id: item.id, content_index: 0 };
    clock.setTimer(() => {
      if (failed)
        return this.session.send({
          type: 'conversation.item.input_audio_transcription.failed',
          ...place,
          error: {
            type: 'transcription_error',
            code: 'audio_unintelligible',
            message: 'The audio could not be transcribed.',
          },
        });
      const transcript = item.text;
      if (!item.isDeleted && 'content' in item.wire)
        item.wire = {
          ...item.wire,
          content: [{ type: 'input_audio', transcript }],
        } as ConversationItem['wire'];
      this.session.send({
        type: 'conversation.item.input_audio_transcription.delta',
        ...place,
        delta: transcript,
      });
      this.session.send({
        type: 'conversation.item.input_audio_transcription.completed',
        ...place,
        transcript,
        usage: { type: 'duration', seconds: Math.ceil(seconds) },
      });
      this.session.changed();
    }, delayMs);
  }
}

/** Sound that is being judged but is not yet speech. */
const KEPT_MS = 1_000;
