/** A caller who waits for a tool hears nothing for so long at most; then, and again later, a phrase covers the wait. */
const FIRST_MS = 1500;
const AGAIN_MS = 6000;

/** When the wait for a tool is to be covered by a phrase. */
export class ToolWait {
  private silentSinceMs: number | null = null;
  private phrases = 0;

  /**
   * Called a few times a second.
   * @param isSilent a tool is running, and neither side can be heard
   * @returns true when a phrase is due
   */
  beat(nowMs: number, isToolRunning: boolean, isSilent: boolean): boolean {
    if (!isToolRunning) this.phrases = 0;
    if (!isToolRunning || !isSilent) {
      this.silentSinceMs = null;
      return false;
    }
    this.silentSinceMs ??= nowMs;
    if (nowMs - this.silentSinceMs < (this.phrases === 0 ? FIRST_MS : AGAIN_MS)) return false;
    this.phrases += 1;
    this.silentSinceMs = null;
    return true;
  }
}
