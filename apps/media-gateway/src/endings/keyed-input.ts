import { type Clock, type Timer } from '@frontdesk/runtime';

/** Keys that follow one another faster belong together. */
const PAUSE_MS = 1500;
/** More than a card or an account has. */
const MAX_KEYS = 32;

/** Keys pressed one after the other become one input: a short pause ends it, or `#`, or 32 keys. */
export class KeyedInput {
  private keys = '';
  private pause: Timer | undefined;

  constructor(
    private readonly clock: Clock,
    /** `keys` without the `#` that ended them; `#` alone is itself. */
    private readonly entered: (keys: string) => void,
  ) {}

  /** Keys are being pressed. */
  get isOpen(): boolean {
    return this.keys !== '';
  }

  press(key: string): void {
    this.pause?.cancel();
    if (key === '#' && this.keys !== '') return this.finish();
    this.keys += key;
    if (key === '#' || this.keys.length >= MAX_KEYS) return this.finish();
    this.pause = this.clock.setTimer(() => this.finish(), PAUSE_MS);
  }

  /** The call is over: what was pressed so far is all. Idempotent. */
  close(): void {
    if (this.isOpen) this.finish();
  }

  private finish(): void {
    const { keys } = this;
    this.pause?.cancel();
    this.keys = '';
    this.entered(keys);
  }
}
