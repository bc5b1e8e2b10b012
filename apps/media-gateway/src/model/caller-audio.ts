import { MULAW_SILENCE } from '@frontdesk/audio';
import { decodeBase64, isBase64 } from '@frontdesk/runtime';
import { BYTES_PER_MS } from '../playout/units';

/** Twilio's timestamps step by whole frames; a smaller difference is rounding. */
const GAP_TOLERANCE_MS = 40;
/**
 * Longest gap made good by silence: the model needs 0.5 s of it to close a turn, not minutes. It is also how much more
 * silence than time may pass: timestamps that jump about must not make audio without end.
 */
const MAX_PAD_MS = 10_000;
/** While the caller speaks, silence is supposed after this time without media, and this much of it is given. */
const SUPPOSED_SILENCE_AFTER_MS = 750;
const SUPPOSED_SILENCE_MS = 1000;
/** Mean segment of the mu-law code (0 to 7, each twice as loud) from which a batch is not quiet: about -40 dBFS. */
const LOUD_SEGMENT = 0.9;
/** The same for a batch that cannot be the beginning of speech: about -46 dBFS, a line on which nobody speaks. */
const SOUND_SEGMENT = 0.4;
/** So much of such a line waits for more of it: it is that late at most. */
const HELD_MS = 200;
/** After a sound nothing waits for so long: the model must hear the end of a word whose beginning it may not have told yet. */
const AT_ONCE_MS = 1000;
/** Every so many bytes of a batch are looked at. */
const LEVEL_STEP = 4;
/** Room behind a batch for one piece of a message; a longer message is taken piece by piece. */
const PIECE_MS = 120;
/** As base64: whole groups of four characters for three bytes. */
const PIECE_CHARS = Math.floor((PIECE_MS * BYTES_PER_MS) / 3) * 4;

/**
 * The caller's voice on its way to the model: payloads are decoded into one buffer and leave together every
 * MODEL_APPEND_MS, or after each read of the stream. While nobody speaks, batches without a sound wait for one another:
 * most of a call is the silence of who listens, and each message of it costs as much as one of speech. The first batch
 * that may be speech takes those along. Where Twilio sent nothing, silence is put in by its timestamps (RT11): without it
 * the model's VAD would never see the end of a turn.
 */
export class CallerAudio {
  private readonly batch: Buffer;
  /** The two as which it nearly always leaves: one batch, and all that may be held. */
  private readonly usual: Buffer;
  private readonly whole: Buffer;
  private readonly flushBytes: number;
  private filled = 0;
  /** So much of it was looked at, and found to be without a sound. */
  private heldBytes = 0;
  /** Of the line, since the last batch with a sound. */
  private soundlessBytes = 0;
  private expectedAtMs = -1;
  private firstMediaAtMs = -1;
  private lastMediaAtMs = -1;
  private supposedMs = 0;
  private lastLoudAtMs = 0;
  /** Silence put in for gaps, in all. */
  paddedMs = 0;

  /**
   * @param send takes mu-law, which lies there only until it returns
   * @param isWatched whether somebody speaks, as far as is known: nothing is held then, and the level of the line matters
   */
  constructor(
    appendMs: number,
    private readonly send: (mulaw: Buffer) => void,
    private readonly isWatched: () => boolean = () => false,
  ) {
    this.flushBytes = appendMs * BYTES_PER_MS;
    const heldBytes = Math.max(1, Math.floor(HELD_MS / appendMs)) * this.flushBytes;
    this.batch = Buffer.alloc(heldBytes + PIECE_MS * BYTES_PER_MS);
    this.usual = this.batch.subarray(0, this.flushBytes);
    this.whole = this.batch.subarray(0, heldBytes);
  }

  /**
   * One media message, whose base64 payload is the bytes `from` to `to` of it.
   * @param timestampMs Twilio's, since the stream began
   * @param nowMs monotonic, in whole ms: a fraction costs an object beside this one
   * @returns false for what is not base64: nothing of it is taken
   */
  media(message: Uint8Array, from: number, to: number, timestampMs: number, nowMs: number): boolean {
    if ((to - from) % 4 !== 0) return false;
    // What may be silence for a gap, or is taken in pieces, is looked at before anything is done with it.
    const isUsual = to - from <= PIECE_CHARS && timestampMs - this.expectedAtMs <= GAP_TOLERANCE_MS;
    if (!isUsual && !isBase64(message, from, to)) return false;
    if (this.firstMediaAtMs < 0) this.firstMediaAtMs = nowMs;
    this.padGap(timestampMs, nowMs);
    let bytes = 0;
    for (let at = from; at < to; at += PIECE_CHARS) {
      const taken = this.take(message, at, Math.min(to, at + PIECE_CHARS), nowMs);
      if (taken < 0) return false;
      bytes += taken;
    }
    // A timestamp that goes back a little changes nothing: the time it names has been told already.
    this.expectedAtMs = Math.max(this.expectedAtMs, timestampMs + bytes / BYTES_PER_MS);
    this.lastMediaAtMs = nowMs;
    return true;
  }

  /** How long nothing but quiet came from the line, or nothing at all; exact only while the level is watched. */
  quietMs(nowMs: number): number {
    return nowMs - this.lastLoudAtMs;
  }

  /** Called now and then while the caller speaks, as far as the model knows. */
  callerMaySpeakStill(nowMs: number): void {
    if (this.lastMediaAtMs < 0 || this.supposedMs > 0) return;
    if (nowMs - this.lastMediaAtMs < SUPPOSED_SILENCE_AFTER_MS) return;
    this.supposedMs = SUPPOSED_SILENCE_MS;
    this.silence(SUPPOSED_SILENCE_MS);
    this.flush();
  }

  /** All that one read brought was given: nothing of it waits for the next, where streams are read as often as batches leave. */
  endOfRead(nowMs: number): void {
    if (this.filled > this.heldBytes) this.batchIsFull(nowMs);
  }

  /** Bytes taken into the batch; -1 for what is not base64. */
  private take(message: Uint8Array, from: number, to: number, nowMs: number): number {
    const bytes = decodeBase64(message, from, to, this.batch, this.filled);
    if (bytes < 0) return bytes;
    this.filled += bytes;
    if (this.filled - this.heldBytes >= this.flushBytes) this.batchIsFull(nowMs);
    return bytes;
  }

  private batchIsFull(nowMs: number): void {
    const segment = this.meanSegment();
    const isWatched = this.isWatched();
    if (isWatched && segment > LOUD_SEGMENT) this.lastLoudAtMs = nowMs;
    this.soundlessBytes = segment > SOUND_SEGMENT ? 0 : this.soundlessBytes + this.filled - this.heldBytes;
    const mayWait = !isWatched && this.soundlessBytes > AT_ONCE_MS * BYTES_PER_MS;
    // Only while the next batch fits, too.
    if (mayWait && this.filled + this.flushBytes <= this.whole.length) this.heldBytes = this.filled;
    else this.flush();
  }

  private padGap(timestampMs: number, nowMs: number): void {
    if (this.expectedAtMs < 0) this.expectedAtMs = timestampMs;
    const gapMs = timestampMs - this.expectedAtMs;
    if (gapMs > GAP_TOLERANCE_MS) {
      const budgetMs = nowMs - this.firstMediaAtMs + MAX_PAD_MS - this.paddedMs;
      this.silence(Math.min(gapMs - this.supposedMs, MAX_PAD_MS, budgetMs));
      this.expectedAtMs = timestampMs;
    }
    // Far back: the one before was wrong, and must not stand in the way of the gaps to come.
    if (gapMs < -MAX_PAD_MS) this.expectedAtMs = timestampMs;
    this.supposedMs = 0;
  }

  private silence(ms: number): void {
    let left = Math.max(0, Math.round(ms)) * BYTES_PER_MS;
    this.paddedMs += left / BYTES_PER_MS;
    while (left > 0) {
      const count = Math.min(left, this.whole.length - this.filled);
      this.batch.fill(MULAW_SILENCE, this.filled, this.filled + count);
      this.filled += count;
      left -= count;
      if (this.filled >= this.whole.length) this.flush();
    }
    // Silence that is put in is for the end of a turn: it does not wait.
    if (this.filled >= this.flushBytes) this.flush();
  }

  /** Of what was not looked at yet. */
  private meanSegment(): number {
    const { batch, filled, heldBytes } = this;
    let segments = 0;
    for (let index = heldBytes; index < filled; index += LEVEL_STEP) segments += (~batch[index]! >> 4) & 7;
    return (segments * LEVEL_STEP) / (filled - heldBytes);
  }

  private flush(): void {
    const { filled, usual, whole } = this;
    if (filled === 0) return;
    this.filled = this.heldBytes = 0;
    this.send(
      filled === usual.length ? usual : filled === whole.length ? whole : this.batch.subarray(0, filled),
    );
  }
}
