/** Faster than anybody types, slower than what floods the log of a call. */
const KEYS_PER_SEC = 10;
/** A card number that a phone sends by itself, at once. */
const BURST_KEYS = 40;

/** How fast keys of one call may come: ten a second, forty at once; a key beyond is not used. */
export class KeyRate {
  private left = BURST_KEYS;
  private lastMs: number | null = null;

  /** @returns whether a key that came now is used */
  take(nowMs: number): boolean {
    const passedMs = nowMs - (this.lastMs ?? nowMs);
    this.lastMs = nowMs;
    this.left = Math.min(BURST_KEYS, this.left + (passedMs * KEYS_PER_SEC) / 1000);
    if (this.left < 1) return false;
    this.left -= 1;
    return true;
  }
}
