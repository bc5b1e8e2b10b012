import { type CalleeResponse } from '@frontdesk/test-harness';
import { type DialerWorld } from './dialer-world';

const AT_ONCE = 20;
/** Mobile numbers of one of these groups are a million. */
const FIRST = 1_000_000;

/** Numbers of people; each group has others. */
export const numbersOf = (group: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `+9725${group}${FIRST + index}`);

/** Answers at once and hangs up after that long. */
export const talksFor = (ms: number): CalleeResponse => ({
  kind: 'answer',
  afterMs: 100,
  script: [{ pauseMs: ms }, { hangUp: true }],
});

export const describePeople = async (
  { twilio }: DialerWorld,
  numbers: readonly string[],
  responseOf: (index: number) => CalleeResponse,
): Promise<void> => {
  for (let from = 0; from < numbers.length; from += AT_ONCE)
    await Promise.all(
      numbers
        .slice(from, from + AT_ONCE)
        .map((number, index) => twilio.addCallee({ number, responses: [responseOf(from + index)] })),
    );
};
