/** What happens in a call, step by step: each step waits until its condition holds; at its end the caller hangs up. */
export type Script = Generator<() => boolean, void, void>;

/** Longest wait of a script for something the gateway owes; then the call counts as broken. */
export const STUCK_AFTER_MS = 20_000;

export class ScriptStuck extends Error {}
