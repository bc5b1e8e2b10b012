import { type DialOutcome } from '@frontdesk/contracts';
import { type CalleeResponse, type Fault } from '@frontdesk/test-harness';
import { type Random } from '../system/random';

/** A number of a campaign: how it behaves, what Twilio does wrong about it, and what must come of it. */
export interface PlannedContact {
  readonly number: string;
  readonly responses: CalleeResponse[];
  readonly outcome: DialOutcome;
  /** Calls that must have been placed to it, neither more nor fewer. */
  readonly calls: number;
  readonly faults: readonly Fault[];
}

type Behaviour = Pick<PlannedContact, 'responses' | 'outcome' | 'calls'>;

/** Answers, and hangs up before anybody has to talk: what is shown here is the dialling. */
const answers: CalleeResponse = {
  kind: 'answer',
  afterMs: 200,
  script: [{ pauseMs: 300 }, { hangUp: true }],
};

const behaviours: readonly { readonly share: number; readonly behaviour: Behaviour }[] = [
  { share: 0.7, behaviour: { responses: [answers], outcome: 'answered', calls: 1 } },
  { share: 0.1, behaviour: { responses: [{ kind: 'busy' }, answers], outcome: 'answered', calls: 2 } },
  { share: 0.1, behaviour: { responses: [{ kind: 'busy' }], outcome: 'busy', calls: 2 } },
  { share: 0.05, behaviour: { responses: [{ kind: 'no-answer' }], outcome: 'no-answer', calls: 2 } },
  { share: 0.05, behaviour: { responses: [{ kind: 'failed' }], outcome: 'failed', calls: 1 } },
];

const placing = { pathContains: '/Calls.json', method: 'POST' };
const faults: readonly { readonly share: number; readonly fault: Omit<Fault, 'to'> }[] = [
  { share: 0.04, fault: { name: 'create-times-out-after-placing', count: 1 } },
  { share: 0.06, fault: { name: 'callback-duplicated', count: 2 } },
  { share: 0.05, fault: { name: 'callback-dropped', count: 1, params: { event: 'completed' } } },
  { share: 0.05, fault: { name: 'callbacks-reordered', count: 2 } },
  { share: 0.03, fault: { name: 'rest-429', count: 1, params: placing } },
  { share: 0.02, fault: { name: 'rest-500', count: 1, params: placing } },
];

/** @param count contacts, each with a number of its own */
export const plannedContacts = (count: number, random: Random): PlannedContact[] =>
  Array.from({ length: count }, (_, index) => {
    const number = `+97250${1_000_000 + index}`;
    return {
      number,
      ...behaviourAt(random.next()),
      faults: faults.flatMap(({ share, fault }) => (random.next() < share ? [{ ...fault, to: number }] : [])),
    };
  });

const behaviourAt = (position: number): Behaviour => {
  let passed = 0;
  for (const { share, behaviour } of behaviours) {
    passed += share;
    if (position < passed) return behaviour;
  }
  return behaviours[0]!.behaviour;
};
