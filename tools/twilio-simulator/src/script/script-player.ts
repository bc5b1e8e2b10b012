import {
  encodeMulaw,
  FRAME_BYTES,
  FRAME_MS,
  framesOf,
  parseWav,
  resample,
  SAMPLE_RATE,
} from '@frontdesk/audio';
import { encodeSpeech } from '@frontdesk/audio-identity';
import type { Clock } from '@frontdesk/runtime';
import type { Hearing } from '../line/hearing';
import { type FarEnd, SILENT_FRAME } from '../line/line';
import type { Step } from './steps';

/** How long a wait goes on when the step does not say: long enough for any answer, short enough for a test. */
const DEFAULT_WAIT_MS = 60_000;
const DTMF_DIGIT_MS = 240;

/** Something the scripted person said. Times: epoch milliseconds of its first and last frame. */
export interface Said {
  readonly atMs: number;
  endMs: number | null;
  readonly text: string;
}

export interface ScriptEvents {
  note(type: string, fields?: Record<string, unknown>): void;
  dtmf(digit: string): void;
  hangUp(): void;
}

/**
 * Plays a script as the voice of a person on the line: one frame a tick, silence (0xff) while it waits, nothing at all
 * in a gap. After the last step it stays silently on the line.
 */
export class ScriptPlayer implements FarEnd {
  readonly said: Said[] = [];
  private index = -1;
  private stepTicks = 0;
  private lastSpokeAt = 0;
  private heardBefore = 0;
  private audio: Buffer | undefined;
  private audioOffset = 0;
  private speaking: Said | undefined;
  private hasHungUp = false;

  constructor(
    private readonly steps: readonly Step[],
    private readonly hearing: Hearing,
    private readonly clock: Pick<Clock, 'now'>,
    private readonly events: ScriptEvents,
  ) {
    this.next();
  }

  nextFrame(): Buffer | null {
    // A step without length (a digit's first tick, a hang-up) may lead straight to the next one.
    for (let guard = 0; guard < 50; guard++) {
      const step = this.steps[this.index];
      if (!step) return SILENT_FRAME;
      const frame = this.play(step);
      if (frame !== 'done') {
        this.stepTicks += 1;
        return frame;
      }
      this.next();
    }
    return SILENT_FRAME;
  }

  /** Whether every step has been played. */
  get isFinished(): boolean {
    return this.index >= this.steps.length;
  }

  private play(step: Step): Buffer | null | 'done' {
    if ('say' in step || 'playWavBase64' in step) return this.speak();
    if ('waitForAgentMs' in step) return this.wait(step, this.hasAgentSpokenFor(step.waitForAgentMs));
    if ('waitForSilenceMs' in step) return this.wait(step, this.hasAgentFinishedFor(step.waitForSilenceMs));
    if ('waitForWords' in step) return this.wait(step, this.hasHeard(step.waitForWords));
    if ('pauseMs' in step) return this.elapsedMs >= step.pauseMs ? 'done' : SILENT_FRAME;
    if ('gapMs' in step) return this.elapsedMs >= step.gapMs ? 'done' : null;
    if ('dtmf' in step) return this.dial(step.dtmf);
    if (!this.hasHungUp) {
      this.hasHungUp = true;
      this.events.hangUp();
    }
    return SILENT_FRAME;
  }

  private get elapsedMs(): number {
    return this.stepTicks * FRAME_MS;
  }

  private next(): void {
    this.index += 1;
    this.stepTicks = 0;
    this.heardBefore = this.hearing.heardText.length;
    const step = this.steps[this.index];
    if (!step) return;
    if (!('say' in step) && !('playWavBase64' in step)) return;
    const isText = 'say' in step;
    this.audio = framesOf(isText ? encodeMulaw(encodeSpeech(step.say)) : mulawOfWav(step.playWavBase64));
    this.audioOffset = 0;
    this.speaking = undefined;
  }

  private speak(): Buffer | 'done' {
    const audio = this.audio ?? Buffer.alloc(0);
    if (!this.speaking) {
      const step = this.steps[this.index];
      const text = step && 'say' in step ? step.say : '(recorded speech)';
      this.speaking = { atMs: this.clock.now(), endMs: null, text };
      this.said.push(this.speaking);
      this.events.note('caller-speaks', { text });
    }
    if (this.audioOffset >= audio.length) {
      this.speaking.endMs = this.clock.now();
      this.lastSpokeAt = this.hearing.position;
      this.audio = undefined;
      return 'done';
    }
    const frame = audio.subarray(this.audioOffset, this.audioOffset + FRAME_BYTES);
    this.audioOffset += FRAME_BYTES;
    return frame;
  }

  private wait(step: { timeoutMs?: number | undefined }, isOver: boolean): Buffer | 'done' {
    if (isOver) return 'done';
    const limitMs = step.timeoutMs ?? DEFAULT_WAIT_MS;
    if (this.elapsedMs < limitMs) return SILENT_FRAME;
    this.events.note('script-wait-timed-out', { step: this.steps[this.index], afterMs: limitMs });
    return 'done';
  }

  private hasAgentSpokenFor(ms: number): boolean {
    return this.elapsedMs >= ms && this.hearing.audibleForMs >= ms;
  }

  /** The agent spoke since this person last did, and has been quiet for that long. */
  private hasAgentFinishedFor(ms: number): boolean {
    return this.hearing.audibleAfter(this.lastSpokeAt) && this.hearing.silentForMs >= ms;
  }

  /** The agent has said this since the step began; whole words. */
  private hasHeard(words: string): boolean {
    return ` ${this.hearing.heardText.slice(this.heardBefore)} `.includes(` ${words} `);
  }

  private dial(digits: string): Buffer | 'done' {
    const ticksPerDigit = DTMF_DIGIT_MS / FRAME_MS;
    const digit = digits[Math.floor(this.stepTicks / ticksPerDigit)];
    if (!digit) return 'done';
    if (this.stepTicks % ticksPerDigit === 0) {
      this.events.note('caller-dials', { digit });
      this.events.dtmf(digit);
    }
    return SILENT_FRAME;
  }
}

/** Any WAV as the telephone network would carry it: one channel, 8 kHz, mu-law. */
export const mulawOfWav = (base64: string): Buffer => {
  const wav = parseWav(Buffer.from(base64, 'base64'));
  const first = wav.samples[0] ?? new Int16Array();
  return encodeMulaw(resample(first, wav.sampleRate, SAMPLE_RATE));
};
