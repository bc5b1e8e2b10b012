/** A pause in the talk: how long it has lasted. It is as old as its first look says, so it is to be looked at often. */
export class Pause {
  private sinceMs: number | null = null;

  /**
   * @param isQuiet nobody speaks or is owed anything, now
   * @returns how long that has been so, ms; null while it is not
   */
  look(isQuiet: boolean, nowMs: number): number | null {
    if (!isQuiet) return (this.sinceMs = null);
    this.sinceMs ??= nowMs;
    return nowMs - this.sinceMs;
  }
}
