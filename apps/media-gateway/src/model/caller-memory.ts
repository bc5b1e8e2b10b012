import { BYTES_PER_MS } from '../playout/units';

/** Kept while the model hears nothing or a turn is going on: 20 s, about 215 kB as base64. Beyond it the oldest goes. */
const MAX_KEPT_MS = 20_000;
/** Kept at rest: longer than a connection that only fell silent goes unnoticed. */
const AT_REST_MS = 5000;
/** What was replayed is kept until the model can have told of it. */
const SETTLE_MS = 2000;

/** Audio that a new session is given comes in messages of about this: it must not meet hundreds of them at once. */
const REPLAY_MESSAGE_MS = 1000;

/** A turn of the caller in the audio of the session; times count what was given to it. */
interface HeardTurn {
  readonly startMs: number;
  endMs: number | null;
  /** Its audio, once it is committed. */
  messages: readonly string[];
}

/**
 * What the caller said and no session knows in words yet: the audio of the turn that is going on, of turns whose
 * transcript is to come, and of the gap between two sessions. A session that replaces another is given it, and nothing
 * that the history holds as text already. Bounded; what does not fit is counted.
 */
export class CallerMemory {
  /** Base64 as it was sent, oldest first, without gaps; the first begins at `startMs` of the session's audio. */
  private tail: string[] = [];
  private startMs = 0;
  private endMs = 0;
  private isTrimmedFromMs = Infinity;
  /** Up to here a session heard what is kept; infinite while one hears. */
  private heardToMs = 0;
  private readonly turns = new Map<string, HeardTurn>();
  private lastTurnEndMs = 0;
  /** Caller audio that no session will ever hear. */
  droppedMs = 0;
  /** Gone from here, and heard only if the session that it was given to becomes ready. */
  private unheardMs = 0;

  /** Audio that the session was given so far. */
  get givenMs(): number {
    return this.endMs;
  }

  /** The next message for the session. */
  append(mulawBase64: string): void {
    this.tail.push(mulawBase64);
    this.endMs += lengthMs(mulawBase64);
    const neededMs = this.neededFromMs();
    while (this.tail.length > 0) {
      const nextMs = this.startMs + lengthMs(this.tail[0]!);
      const isOverfull = this.endMs - this.startMs > MAX_KEPT_MS;
      if (!isOverfull && nextMs > neededMs) return;
      if (nextMs > this.heardToMs) this.unheardMs += nextMs - this.startMs;
      this.startMs = nextMs;
      this.tail.shift();
    }
  }

  /** The session hears: it will tell of turns in what it was given. */
  ready(): void {
    this.unheardMs = 0;
    this.heardToMs = Infinity;
    this.isTrimmedFromMs = this.endMs + SETTLE_MS;
  }

  /** The session is gone and there is no other yet: nothing that comes now may be left out. */
  lost(): void {
    this.isTrimmedFromMs = Infinity;
    this.heardToMs = Math.min(this.heardToMs, this.endMs);
  }

  speechStarted(itemId: string, audioStartMs: number): void {
    if (!this.turns.has(itemId)) this.turns.set(itemId, { startMs: audioStartMs, endMs: null, messages: [] });
  }

  speechStopped(itemId: string, audioEndMs: number): void {
    const turn = this.turns.get(itemId);
    if (turn) turn.endMs = audioEndMs;
  }

  /** The turn is in the session's conversation; its words are not known yet. */
  committed(itemId: string): void {
    const turn = this.turns.get(itemId) ?? { startMs: this.lastTurnEndMs, endMs: null, messages: [] };
    const endMs = turn.endMs ?? this.endMs;
    this.turns.set(itemId, { ...turn, endMs, messages: this.between(turn.startMs, endMs) });
    this.lastTurnEndMs = endMs;
    this.boundTurns();
  }

  /** The turn's words are known. */
  transcribed(itemId: string): void {
    this.turns.delete(itemId);
  }

  /** The audio of a committed turn whose words are not known; null when there is none. */
  audioOf(itemId: string): Buffer | null {
    const messages = this.turns.get(itemId)?.messages ?? [];
    return messages.length > 0 ? Buffer.concat(messages.map((text) => Buffer.from(text, 'base64'))) : null;
  }

  /**
   * A session takes the place of another: what it must be given is returned, in order, and its own audio begins with
   * that. May be called again for the next session, should this one never hear.
   */
  replay(): readonly string[] {
    this.lost();
    const gapMs = this.endMs - this.heardToMs;
    const open = [...this.turns].find(([, { messages }]) => messages.length === 0);
    this.tail = this.between(open ? open[1].startMs : this.lastTurnEndMs, this.endMs);
    for (const [itemId, { messages }] of this.turns) if (messages.length === 0) this.turns.delete(itemId);
    this.startMs = this.lastTurnEndMs = 0;
    this.endMs = this.tail.reduce((sum, text) => sum + lengthMs(text), 0);
    this.droppedMs += this.unheardMs;
    this.unheardMs = 0;
    this.heardToMs = Math.max(0, this.endMs - gapMs);
    return joined(this.tail);
  }

  private neededFromMs(): number {
    if (this.endMs < this.isTrimmedFromMs) return 0;
    let fromMs = this.endMs - AT_REST_MS;
    for (const { startMs, messages } of this.turns.values())
      if (messages.length === 0) fromMs = Math.min(fromMs, startMs);
    return fromMs;
  }

  private between(fromMs: number, toMs: number): string[] {
    const found: string[] = [];
    let atMs = this.startMs;
    for (const text of this.tail) {
      const endMs = atMs + lengthMs(text);
      if (endMs > fromMs && atMs < toMs) found.push(text);
      atMs = endMs;
    }
    return found;
  }

  /** Turns whose words never come must not pile up. */
  private boundTurns(): void {
    const lengthOf = ({ messages }: HeardTurn): number =>
      messages.reduce((sum, text) => sum + lengthMs(text), 0);
    let keptMs = [...this.turns.values()].reduce((sum, turn) => sum + lengthOf(turn), 0);
    for (const [itemId, turn] of this.turns) {
      if (keptMs <= MAX_KEPT_MS) return;
      keptMs -= lengthOf(turn);
      this.turns.delete(itemId);
    }
  }
}

/** The same audio in fewer messages. */
const joined = (messages: readonly string[]): string[] => {
  const all = Buffer.concat(messages.map((text) => Buffer.from(text, 'base64')));
  const bytes = REPLAY_MESSAGE_MS * BYTES_PER_MS;
  return Array.from({ length: Math.ceil(all.length / bytes) }, (_, index) =>
    all.toString('base64', index * bytes, (index + 1) * bytes),
  );
};

/** Audio in a base64 text of mu-law. */
const lengthMs = (base64: string): number => {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return ((base64.length * 3) / 4 - padding) / BYTES_PER_MS;
};
