/** Turns whose transcript may still come. */
const MAX_OPEN_TURNS = 20;

export interface CallerTurn {
  readonly itemId: string;
  /** Its place among the turns of the call. */
  turn: number;
  /** Stream time. */
  readonly startedAtMs: number;
  endedAtMs: number;
}

/** The caller's turns until their transcript is there; it may come long after the answer, or never. */
export class CallerTurns {
  private readonly open = new Map<string, CallerTurn>();

  started(itemId: string, atMs: number): void {
    if (this.open.has(itemId)) return;
    this.open.set(itemId, { itemId, turn: -1, startedAtMs: atMs, endedAtMs: atMs });
    if (this.open.size > MAX_OPEN_TURNS) this.open.delete(this.open.keys().next().value!);
  }

  stopped(itemId: string, atMs: number): void {
    const turn = this.open.get(itemId);
    if (turn) turn.endedAtMs = atMs;
  }

  committed(itemId: string, turnNumber: number, atMs: number): void {
    this.started(itemId, atMs);
    this.open.get(itemId)!.turn = turnNumber;
  }

  /** The transcript came; undefined for a turn that is not known. */
  take(itemId: string): CallerTurn | undefined {
    const turn = this.open.get(itemId);
    this.open.delete(itemId);
    return turn;
  }

  /** Committed turns whose transcript did not come. */
  get awaiting(): number {
    return [...this.open.values()].filter(({ turn }) => turn >= 0).length;
  }
}
