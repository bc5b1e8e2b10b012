import { aborted, NEXT, numberOf, methodOf, resolveUrl, type Verb } from '../outcome';

/** `<Pause length>`: silence, one second by default. */
export const pause: Verb = async ({ world, element, signal }) => {
  await waitMs(world.clock, numberOf(element, 'length', 1) * 1000, signal);
  return NEXT;
};

export const hangup: Verb = () => Promise.resolve({ kind: 'hangup' });

/** `<Redirect>`: the document at its URL takes over. */
export const redirect: Verb = (context) =>
  Promise.resolve({
    kind: 'goto',
    instructions: {
      kind: 'url',
      url: resolveUrl(context, context.element.text),
      method: methodOf(context.element),
      params: {},
      purpose: 'redirect',
    },
  });

/** `<Reject>` after the call was answered does what a hang-up does. */
export const reject: Verb = () => Promise.resolve({ kind: 'hangup' });

/** Waits that long, or until the verb is interrupted. */
export const waitMs = async (
  clock: { setTimer(callback: () => void, ms: number): { cancel(): void } },
  ms: number,
  signal: AbortSignal,
): Promise<void> => {
  let timer: { cancel(): void } | undefined;
  const elapsed = new Promise<void>((resolve) => (timer = clock.setTimer(resolve, ms)));
  await Promise.race([elapsed, aborted(signal)]);
  timer?.cancel();
};
