/** What is remembered of tools that never answer; a model asks for a few at a time. */
const MAX_OPEN = 32;

/**
 * Tools that the model asked for and that have not been answered. A session that replaced another does not know what
 * the old one asked for: such an answer can only be told to it as text.
 */
export class OpenToolCalls {
  private readonly open = new Map<string, { name: string; isOfThisSession: boolean }>();

  get isWaiting(): boolean {
    return this.open.size > 0;
  }

  asked(callId: string, name: string): void {
    this.open.set(callId, { name, isOfThisSession: true });
    if (this.open.size > MAX_OPEN) this.open.delete(this.open.keys().next().value!);
  }

  sessionReplaced(): void {
    for (const call of this.open.values()) call.isOfThisSession = false;
  }

  /** The name of a tool whose answer is told as text; null where it is told as the output of the call. */
  answered(callId: string): string | null {
    const call = this.open.get(callId);
    this.open.delete(callId);
    return call && !call.isOfThisSession ? call.name : null;
  }
}
