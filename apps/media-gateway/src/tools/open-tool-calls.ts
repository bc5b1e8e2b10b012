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

  /** Of tools that are still at work. */
  get names(): string[] {
    return [...this.open.values()].map(({ name }) => name);
  }

  /** Which tool it was, and whether its answer is told as the output of the call or, to another session, as text. */
  answered(callId: string): { readonly name: string; readonly isOfThisSession: boolean } {
    const call = this.open.get(callId) ?? { name: callId, isOfThisSession: true };
    this.open.delete(callId);
    return call;
  }
}
