import {
  aborted,
  actionInstructions,
  NEXT,
  numberOf,
  resolveUrl,
  TwimlError,
  type Verb,
  type VerbContext,
} from '../outcome';
import { play } from './play';
import { say } from './say';
import { pause, waitMs } from './simple';

/**
 * `<Gather>` of digits (speech is not recognised here): plays what is nested in it, listens all the while, ends by
 * `finishOnKey`, `numDigits` or `timeout` seconds after the last digit. Without input the next verb follows, unless
 * `actionOnEmptyResult` is set.
 */
export const gather: Verb = async (context) => {
  const { call, world, element, signal } = context;
  const action = element.attributes['action'] ?? context.documentUrl;
  if (action === null) throw new TwimlError(15004, '<Gather> in TwiML given by REST must have an action');
  if ((element.attributes['input'] ?? 'dtmf').includes('speech'))
    call.book.warn(12200, 'Gather: speech is not recognised by the simulator, digits only');
  const finishOnKey = element.attributes['finishOnKey'] ?? '#';
  const numDigits = numberOf(element, 'numDigits', Infinity);
  const timeoutMs = numberOf(element, 'timeout', 5) * 1000;
  let digits = '';
  // Aborted at the first digit: what is being said stops.
  const prompt = new AbortController();
  const onAbort = (): void => prompt.abort(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  let wake: (() => void) | undefined;
  let isComplete = false;
  const stopListening = call.onDigit((digit) => {
    prompt.abort();
    if (digit === finishOnKey) isComplete = true;
    else digits += digit;
    isComplete ||= digits.length >= numDigits;
    wake?.();
  });
  await playPrompts(context, prompt.signal);
  while (!isComplete && !signal.aborted) {
    const before = digits;
    const listening = new AbortController();
    wake = () => listening.abort();
    await Promise.race([waitMs(world.clock, timeoutMs, listening.signal), aborted(signal)]);
    if (digits === before && !isComplete) break;
  }
  stopListening();
  signal.removeEventListener('abort', onAbort);
  if (signal.aborted) return NEXT;
  if (digits === '' && element.attributes['actionOnEmptyResult'] !== 'true') return NEXT;
  return {
    kind: 'goto',
    instructions: actionInstructions(context, resolveUrl(context, action), { Digits: digits }),
  };
};

const playPrompts = async (context: VerbContext, signal: AbortSignal): Promise<void> => {
  for (const element of context.element.children) {
    if (signal.aborted) return;
    const verb = { Say: say, Play: play, Pause: pause }[element.name];
    await verb?.({ ...context, element, signal });
  }
};
