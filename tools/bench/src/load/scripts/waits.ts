import { type Call } from '../call';
import { type Script, ScriptStuck, STUCK_AFTER_MS } from './script';

/** Waits for what the gateway owes; a wait that is too long ends the call as broken. */
export function* waitFor(call: Call, what: string, condition: () => boolean): Script {
  const fromMs = call.nowMs;
  yield () => {
    if (condition()) return true;
    if (call.nowMs - fromMs > STUCK_AFTER_MS) throw new ScriptStuck(`waited in vain for ${what}`);
    return false;
  };
}

export function* pause(call: Call, ms: number): Script {
  const untilMs = call.nowMs + ms;
  yield () => call.nowMs >= untilMs;
}
