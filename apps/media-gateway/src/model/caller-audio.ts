import { MULAW_SILENCE } from '@frontdesk/audio';
import { BYTES_PER_MS } from '../playout/units';

/** Twilio's timestamps step by whole frames; a smaller difference is rounding. */
const GAP_TOLERANCE_MS = 40;
/** Longest gap made good by silence: the model needs 0.5 s of it to close a turn, not minutes. */
const MAX_PAD_MS = 10_000;
/** While the caller speaks, silence is supposed after this time without media, and this much of it is given. */
const SUPPOSED_SILENCE_AFTER_MS = 750;
const SUPPOSED_SILENCE_MS = 1000;
/** Room behind a batch for one more message; what a message holds beyond it is cut off. */
const MAX_MESSAGE_MS = 1000;

/**
 * The caller's voice on its way to the model: payloads are decoded into one buffer and leave as one base64 text every
 * MODEL_APPEND_MS. Where Twilio sent nothing, silence is put in by its timestamps (RT11): without it the model's VAD
 * would never see the end of a turn.
 */
export class CallerAudio {
  private readonly batch: Buffer;
  private readonly flushBytes: number;
  private filled = 0;
  private expectedAtMs = -1;
  private lastMediaAtMs = -1;
  private supposedMs = 0;
  /** Silence put in for gaps, in all. */
  paddedMs = 0;

  /** @param send takes base64 of mu-law */
  constructor(
    appendMs: number,
    private readonly send: (mulawBase64: string) => void,
  ) {
    this.flushBytes = appendMs * BYTES_PER_MS;
    this.batch = Buffer.alloc(this.flushBytes + MAX_MESSAGE_MS * BYTES_PER_MS);
  }

  /**
   * One media message.
   * @param timestampMs Twilio's, since the stream began
   * @param nowMs monotonic
   */
  media(payloadBase64: string, timestampMs: number, nowMs: number): void {
    this.padGap(timestampMs);
    const bytes = this.batch.write(payloadBase64, this.filled, 'base64');
    this.filled += bytes;
    this.expectedAtMs = timestampMs + bytes / BYTES_PER_MS;
    this.lastMediaAtMs = nowMs;
    if (this.filled >= this.flushBytes) this.flush();
  }

  /** Called now and then while the caller speaks, as far as the model knows. */
  callerMaySpeakStill(nowMs: number): void {
    if (this.lastMediaAtMs < 0 || this.supposedMs > 0) return;
    if (nowMs - this.lastMediaAtMs < SUPPOSED_SILENCE_AFTER_MS) return;
    this.supposedMs = SUPPOSED_SILENCE_MS;
    this.silence(SUPPOSED_SILENCE_MS);
    this.flush();
  }

  private padGap(timestampMs: number): void {
    const gapMs = this.expectedAtMs < 0 ? 0 : timestampMs - this.expectedAtMs;
    if (gapMs > GAP_TOLERANCE_MS) this.silence(Math.min(gapMs - this.supposedMs, MAX_PAD_MS));
    this.supposedMs = 0;
  }

  private silence(ms: number): void {
    let left = Math.max(0, Math.round(ms)) * BYTES_PER_MS;
    this.paddedMs += left / BYTES_PER_MS;
    while (left > 0) {
      const count = Math.min(left, this.flushBytes - this.filled);
      this.batch.fill(MULAW_SILENCE, this.filled, this.filled + count);
      this.filled += count;
      left -= count;
      if (this.filled >= this.flushBytes) this.flush();
    }
  }

  private flush(): void {
    if (this.filled === 0) return;
    const text = this.batch.toString('base64', 0, this.filled);
    this.filled = 0;
    this.send(text);
  }
}
