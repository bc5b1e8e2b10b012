import { type Call } from '../call';
import { type Script } from './script';
import { waitFor, pause } from './waits';

const PAUSE_MS = 300;
const SPEAKS_MS = 1200;

/** Greeting, then turns for ever: the caller speaks for 1.2 s, the agent answers with 5 to 7 s. Nobody interrupts. */
export const talk = (isGreeted: boolean) =>
  function* (call: Call): Script {
    if (isGreeted) yield* waitFor(call, 'the greeting', () => call.isHeardToEnd(call.greeting));
    for (;;) {
      yield* pause(call, PAUSE_MS);
      call.callerSpeaks();
      yield* pause(call, SPEAKS_MS);
      call.callerStops();
      yield* waitFor(call, 'the answer', () => {
        const last = call.voice?.past.at(-1);
        return last !== undefined && last.doneAtMs !== null && call.isHeardToEnd(last);
      });
    }
  };
