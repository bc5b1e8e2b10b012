import { type Call } from '../call';
import { Interruption } from '../interruption';
import { type Response } from '../model-voice';
import { type Script } from './script';
import { pause, waitFor } from './waits';

/** [GREETING_PROTECT_MS] of the gateway under test. */
const PROTECTED_MS = 500;
const SPEAKS_MS = 500;

const greetingKinds = [
  'greeting, from its protected start on',
  'greeting, late',
  'greeting, only within its protected start',
];
const kinds = [
  'mid-response',
  'after generation ended',
  'before the first frame',
  'before response.created',
  'as it ends',
  'back to back',
];

/** Every kind of barge-in, one after the other, in an order that differs from call to call; then the caller hangs up. */
export function* bargeIn(call: Call): Script {
  yield* inGreeting(call, greetingKinds[call.number % greetingKinds.length]!);
  for (let index = 0; index < kinds.length; index++)
    yield* inResponse(call, kinds[(call.number + index) % kinds.length]!);
  yield* pause(call, 1000);
}

function* inGreeting(call: Call, kind: string): Script {
  const { greeting } = call;
  yield* waitFor(call, 'the greeting', () => greeting.firstArrivalMs !== null);
  const firstMs = greeting.firstArrivalMs!;
  const interrupt = (): void => {
    const countsAtMs = Math.max(call.nowMs, firstMs + PROTECTED_MS);
    const fields = { heard: greeting, active: null, mustCancel: false };
    call.interrupt(new Interruption({ kind, saidAtMs: call.nowMs, countsAtMs, ...fields }));
  };
  if (kind === greetingKinds[2]) {
    yield* pause(call, 60);
    call.callerSpeaks();
    yield* pause(call, 160);
    call.callerStops();
    // The greeting plays on, and only then comes the answer.
    yield* waitFor(call, 'the answer behind the greeting', () => hasBegun(call.voice?.past.at(-1)));
    if (!greeting.isWhole) call.protectedGreetingCut();
    return;
  }
  yield* pause(call, kind === greetingKinds[0] ? 200 : 700 + (call.number % 40) * 20);
  interrupt();
  yield* pause(call, kind === greetingKinds[0] ? 800 : SPEAKS_MS);
  call.callerStops();
}

/** Long enough for a caller to speak between `response.create` and `response.created`. */
const CREATED_AFTER_MS = 60;
const earlyKinds = ['before the first frame', 'before response.created'];

function* inResponse(call: Call, kind: string): Script {
  const voice = call.voice!;
  voice.createdAfterMs = CREATED_AFTER_MS;
  // An early barge-in needs a response that has not begun.
  if (earlyKinds.includes(kind) && hasBegun(voice.past.at(-1))) yield* inResponse(call, 'mid-response');
  const interrupt = (response: Response | null, isActive = true, mustCancel = isActive): void =>
    call.interrupt(
      new Interruption({
        kind,
        saidAtMs: call.nowMs,
        heard: response,
        active: isActive ? response : null,
        mustCancel,
      }),
    );
  yield* waitFor(call, 'a response', () => voice.current !== null || hasBegun(voice.past.at(-1)));
  const response = voice.past.at(-1)!;
  const spread = (call.number * 37) % 50;
  switch (kind) {
    case 'mid-response':
      yield* waitFor(call, 'its audio', () => response.receivedFrames > spread / 2 + 2);
      interrupt(response, response.doneAtMs === null);
      break;
    case 'after generation ended':
      yield* waitFor(
        call,
        'its end',
        () => response.doneAtMs !== null && response.receivedFrames > 100 + spread,
      );
      interrupt(response, false);
      break;
    case 'before the first frame':
      yield* waitFor(call, 'its creation', () => response.createdAtMs !== null);
      yield* pause(call, 20 + spread);
      interrupt(response, response.doneAtMs === null);
      break;
    case 'before response.created':
      interrupt(response, response.doneAtMs === null);
      break;
    case 'as it ends':
      yield* waitFor(call, 'its audio', () => response.receivedFrames > spread / 2 + 2);
      interrupt(response, response.doneAtMs === null, false);
      voice.finish(call.nowMs);
      break;
    case 'back to back':
      yield* waitFor(call, 'its audio', () => response.receivedFrames > spread / 2 + 2);
      interrupt(response, response.doneAtMs === null);
      yield* shortTurn(call);
      for (let again = 0; again < 2; again++) {
        const before = voice.past.at(-1);
        yield* waitFor(
          call,
          'the next',
          () => voice.past.at(-1) !== before && voice.past.at(-1)!.createdAtMs !== null,
        );
        yield* pause(call, again === 0 ? 20 : 320);
        const next = voice.past.at(-1)!;
        interrupt(next, next.doneAtMs === null);
        yield* shortTurn(call);
      }
      return yield* nextAnswer(call);
  }
  yield* pause(call, SPEAKS_MS);
  call.callerStops();
  yield* nextAnswer(call);
}

/** A word of the caller, shorter than a thought. */
function* shortTurn(call: Call): Script {
  yield* pause(call, 120);
  call.callerStops();
}

/** The answer to what the caller said is asked for. */
function* nextAnswer(call: Call): Script {
  const before = call.voice!.past.at(-1);
  yield* waitFor(call, 'the answer', () => call.voice!.past.at(-1) !== before);
}

const hasBegun = (response: Response | undefined): boolean =>
  response !== undefined && response.receivedFrames > 0;
