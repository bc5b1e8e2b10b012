/** Turns whose transcript may still come. */
const MAX_OPEN_TURNS = 20;

/** The VAD closes a turn after 0.5 s of silence: a line that has been quiet for longer is one that it missed. */
const MISSED_END_MS = 1500;
/** On a noisy line nothing is quiet: nobody speaks for so long without a pause. */
const LONGEST_SPEECH_MS = 60_000;

export interface CallerTurn {
  readonly itemId: string;
  /** Its place among the turns of the call; -1 until it is committed. */
  turn: number;
  /** Stream time. */
  readonly startedAtMs: number;
  endedAtMs: number;
}

/**
 * The caller's side: whether the caller speaks, as the model's VAD says, and the turns until their transcript is there,
 * which may come long after the answer, or never.
 */
export class CallerTurns {
  private readonly open = new Map<string, CallerTurn>();
  /** Turns that are told: what still comes of them is late. */
  private readonly told = new Set<string>();
  isSpeaking = false;
  /** When the caller began to speak, monotonic. */
  speakingSinceMs = 0;
  /** Speech ended, and the turn that it should make did not come yet. */
  isTurnDue = false;

  started(itemId: string, atMs: number, nowMs: number): void {
    this.isSpeaking = true;
    this.speakingSinceMs = nowMs;
    this.isTurnDue = false;
    this.note(itemId, atMs);
  }

  stopped(itemId: string, atMs: number): void {
    this.isSpeaking = false;
    this.isTurnDue = true;
    const turn = this.open.get(itemId);
    if (turn) turn.endedAtMs = atMs;
  }

  committed(itemId: string, turnNumber: number, atMs: number): void {
    this.isSpeaking = this.isTurnDue = false;
    this.note(itemId, atMs);
    const turn = this.open.get(itemId);
    if (turn) turn.turn = turnNumber;
  }

  /** The VAD says that the caller speaks, and the line, quiet for so long, says no. */
  wasEndMissed(nowMs: number, lineQuietMs: number): boolean {
    const spokenMs = nowMs - this.speakingSinceMs;
    return Math.min(spokenMs, lineQuietMs) >= MISSED_END_MS || spokenMs >= LONGEST_SPEECH_MS;
  }

  /** The transcript came; undefined for a turn that is not known. */
  take(itemId: string): CallerTurn | undefined {
    const turn = this.open.get(itemId);
    this.open.delete(itemId);
    if (!turn) return undefined;
    this.told.add(itemId);
    if (this.told.size > MAX_OPEN_TURNS) this.told.delete(this.told.keys().next().value!);
    return turn;
  }

  /** The session that would have written the turns down is gone: those that are committed are given, and nothing is open. */
  takeAll(): CallerTurn[] {
    this.isSpeaking = this.isTurnDue = false;
    const committed = this.committedTurns();
    this.open.clear();
    return committed;
  }

  /** Committed turns whose transcript did not come. */
  committedTurns(): CallerTurn[] {
    return [...this.open.values()].filter(({ turn }) => turn >= 0);
  }

  private note(itemId: string, atMs: number): void {
    if (this.open.has(itemId) || this.told.has(itemId)) return;
    this.open.set(itemId, { itemId, turn: -1, startedAtMs: atMs, endedAtMs: atMs });
    if (this.open.size > MAX_OPEN_TURNS) this.open.delete(this.open.keys().next().value!);
  }
}
