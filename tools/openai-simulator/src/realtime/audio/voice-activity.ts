import { rmsDbfs, SAMPLE_RATE } from '@frontdesk/audio';

/** As in `session.audio.input.turn_detection`. */
export interface VoiceActivitySettings {
  /** 0 to 1: how sure it must be that there is speech. */
  readonly threshold: number;
  readonly prefixPaddingMs: number;
  readonly silenceDurationMs: number;
}

export type VoiceActivity =
  | { readonly kind: 'started'; readonly audioStartMs: number }
  | { readonly kind: 'stopped'; readonly audioEndMs: number };

const WINDOW_MS = 20;
const WINDOW = (WINDOW_MS * SAMPLE_RATE) / 1000;
/** Sound must last this long to be speech: a click is none. */
const MIN_SPEECH_MS = 60;

/** Stands for the vendor's classifier: the level that counts as speech, -35 dBFS at the usual threshold of 0.5. */
const levelOf = (threshold: number): number => -50 + 30 * threshold;

/**
 * Speech by its energy, in the time of the audio that was written, not of the clock: audio that arrives faster than
 * real time gives the same answers. Silent until sound has lasted 60 ms, then speaking until `silenceDurationMs`
 * without sound have passed.
 */
export class VoiceActivityDetector {
  private pending = new Int16Array(0);
  private positionMs = 0;
  private voicedMs = 0;
  private silentMs = 0;
  private speaking = false;
  private lastEndMs = 0;

  constructor(public settings: VoiceActivitySettings) {}

  get isSpeaking(): boolean {
    return this.speaking;
  }

  /** 8 kHz samples in, what they made happen out, in order. */
  push(pcm: Int16Array): VoiceActivity[] {
    const samples = new Int16Array(this.pending.length + pcm.length);
    samples.set(this.pending);
    samples.set(pcm, this.pending.length);
    const happened: VoiceActivity[] = [];
    let at = 0;
    for (; at + WINDOW <= samples.length; at += WINDOW) {
      const activity = this.window(samples.subarray(at, at + WINDOW));
      if (activity) happened.push(activity);
    }
    this.pending = samples.slice(at);
    return happened;
  }

  /** Forgets a turn that has begun, as when the buffer is cleared or committed by hand. */
  reset(): void {
    this.speaking = false;
    this.voicedMs = 0;
    this.silentMs = 0;
    this.lastEndMs = this.positionMs;
  }

  private window(samples: Int16Array): VoiceActivity | undefined {
    this.positionMs += WINDOW_MS;
    const isVoiced = rmsDbfs(samples) >= levelOf(this.settings.threshold);
    return this.speaking ? this.whileSpeaking(isVoiced) : this.whileSilent(isVoiced);
  }

  private whileSilent(isVoiced: boolean): VoiceActivity | undefined {
    this.voicedMs = isVoiced ? this.voicedMs + WINDOW_MS : 0;
    if (this.voicedMs < MIN_SPEECH_MS) return undefined;
    const onsetMs = this.positionMs - this.voicedMs;
    this.speaking = true;
    this.silentMs = 0;
    const audioStartMs = Math.max(this.lastEndMs, onsetMs - this.settings.prefixPaddingMs);
    return { kind: 'started', audioStartMs };
  }

  private whileSpeaking(isVoiced: boolean): VoiceActivity | undefined {
    this.silentMs = isVoiced ? 0 : this.silentMs + WINDOW_MS;
    if (isVoiced || this.silentMs < this.settings.silenceDurationMs) return undefined;
    this.reset();
    return { kind: 'stopped', audioEndMs: this.positionMs };
  }
}
