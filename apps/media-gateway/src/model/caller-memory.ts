import { BYTES_PER_MS } from '../playout/units';
import { AudioRing } from './audio-ring';

/** Kept while the model hears nothing or a turn is going on: 20 s. Beyond it the oldest goes. */
const MAX_KEPT_BYTES = 20_000 * BYTES_PER_MS;
/** Kept at rest: longer than a connection that only fell silent goes unnoticed. */
const AT_REST_BYTES = 5000 * BYTES_PER_MS;
/** What was replayed is kept until the model can have told of it. */
const SETTLE_BYTES = 2000 * BYTES_PER_MS;
/** What comes at once is taken in pieces of this, so that the bound holds while they are. */
const PIECE_BYTES = 500 * BYTES_PER_MS;

/** Audio that a new session is given comes in messages of this: it must not meet hundreds of them at once. */
const REPLAY_MESSAGE_BYTES = 1000 * BYTES_PER_MS;

/** A turn of the caller in the audio of the session; places count the bytes given to it. */
interface HeardTurn {
  readonly start: number;
  end: number | null;
  /** Its audio, once it is committed. */
  audio: Buffer | null;
}

/**
 * What the caller said and no session knows in words yet: the audio of the turn that is going on, of turns whose
 * transcript is to come, and of the gap between two sessions. A session that replaces another is given it, and nothing
 * that the history holds as text already. Bounded; what does not fit is counted.
 */
export class CallerMemory {
  /** The newest audio; its first byte is `start` of the session's. */
  private readonly tail = new AudioRing(AT_REST_BYTES + PIECE_BYTES, MAX_KEPT_BYTES + PIECE_BYTES);
  private start = 0;
  private trimmedFrom = Infinity;
  /** Up to here a session heard what is kept; infinite while one hears. */
  private heardTo = 0;
  private readonly turns = new Map<string, HeardTurn>();
  private lastTurnEnd = 0;
  private dropped = 0;
  /** Gone from here, and heard only if the session that it was given to becomes ready. */
  private unheard = 0;

  /** Audio that the session was given so far. */
  get givenMs(): number {
    return this.end / BYTES_PER_MS;
  }

  /** Caller audio that no session will ever hear. */
  get droppedMs(): number {
    return this.dropped / BYTES_PER_MS;
  }

  /** The next of the caller's audio; it is copied. */
  append(mulaw: Uint8Array): void {
    if (mulaw.length <= PIECE_BYTES) return this.appendPiece(mulaw);
    for (let at = 0; at < mulaw.length; at += PIECE_BYTES)
      this.appendPiece(mulaw.subarray(at, at + PIECE_BYTES));
  }

  /** The session hears: it will tell of turns in what it was given. */
  ready(): void {
    this.unheard = 0;
    this.heardTo = Infinity;
    this.trimmedFrom = this.end + SETTLE_BYTES;
  }

  /** The session is gone and there is no other yet: nothing that comes now may be left out. */
  lost(): void {
    this.trimmedFrom = Infinity;
    this.heardTo = Math.min(this.heardTo, this.end);
  }

  speechStarted(itemId: string, audioStartMs: number): void {
    if (!this.turns.has(itemId))
      this.turns.set(itemId, { start: placeOf(audioStartMs), end: null, audio: null });
  }

  speechStopped(itemId: string, audioEndMs: number): void {
    const turn = this.turns.get(itemId);
    if (turn) turn.end = placeOf(audioEndMs);
  }

  /** The turn is in the session's conversation; its words are not known yet. */
  committed(itemId: string): void {
    const turn = this.turns.get(itemId) ?? { start: this.lastTurnEnd, end: null, audio: null };
    const end = turn.end ?? this.end;
    this.turns.set(itemId, { ...turn, end, audio: this.between(turn.start, end) });
    this.lastTurnEnd = end;
    this.boundTurns();
  }

  /** The turn's words are known. */
  transcribed(itemId: string): void {
    this.turns.delete(itemId);
  }

  /** The audio of a committed turn whose words are not known; null when there is none. */
  audioOf(itemId: string): Buffer | null {
    const audio = this.turns.get(itemId)?.audio;
    return audio && audio.length > 0 ? audio : null;
  }

  /**
   * A session takes the place of another: what it must be given is returned, in order, and its own audio begins with
   * that. May be called again for the next session, should this one never hear.
   */
  replay(): readonly Buffer[] {
    this.lost();
    const gap = this.end - this.heardTo;
    const open = [...this.turns.values()].find(({ audio }) => audio === null);
    const from = Math.max(this.start, open ? open.start : this.lastTurnEnd);
    for (const [itemId, { audio }] of this.turns) if (audio === null) this.turns.delete(itemId);
    this.tail.drop(from - this.start);
    this.start = this.lastTurnEnd = 0;
    this.dropped += this.unheard;
    this.unheard = 0;
    this.heardTo = Math.max(0, this.end - gap);
    return Array.from({ length: Math.ceil(this.tail.length / REPLAY_MESSAGE_BYTES) }, (_, index) =>
      this.tail.slice(index * REPLAY_MESSAGE_BYTES, (index + 1) * REPLAY_MESSAGE_BYTES),
    );
  }

  private appendPiece(mulaw: Uint8Array): void {
    this.tail.push(mulaw);
    const needed = Math.max(this.neededFrom(), this.end - MAX_KEPT_BYTES);
    if (needed <= this.start) return;
    const heardTo = Math.max(this.heardTo, this.start);
    if (needed > heardTo) this.unheard += needed - heardTo;
    this.tail.drop(needed - this.start);
    this.start = needed;
  }

  private get end(): number {
    return this.start + this.tail.length;
  }

  private neededFrom(): number {
    if (this.end < this.trimmedFrom) return 0;
    let from = this.end - AT_REST_BYTES;
    if (this.turns.size === 0) return from;
    for (const { start, audio } of this.turns.values()) if (audio === null) from = Math.min(from, start);
    return from;
  }

  private between(from: number, to: number): Buffer {
    return this.tail.slice(from - this.start, to - this.start);
  }

  /** Turns whose words never come must not pile up. */
  private boundTurns(): void {
    let kept = 0;
    for (const { audio } of this.turns.values()) kept += audio?.length ?? 0;
    for (const [itemId, { audio }] of this.turns) {
      if (kept <= MAX_KEPT_BYTES) return;
      kept -= audio?.length ?? 0;
      this.turns.delete(itemId);
    }
  }
}

/** Where in the audio a moment of the session is. */
const placeOf = (ms: number): number => Math.round(ms * BYTES_PER_MS);
