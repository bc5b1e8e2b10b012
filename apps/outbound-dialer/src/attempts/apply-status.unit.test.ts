import { type AttemptState } from '@frontdesk/contracts';
import { isKnown } from './apply-status';

const known = (state: AttemptState, status: string, callSid: string | null = 'CA1'): boolean =>
  isKnown({ state, call_sid: callSid }, { callSid: 'CA1', status });

it('knows what an attempt has passed already', () => {
  expect([
    known('accepted', 'initiated'),
    known('in-progress', 'ringing'),
    known('done', 'answered'),
  ]).toEqual([true, true, true]);
});

it('never takes for known what may still decide something: the next state, an end, another call, an unknown attempt', () => {
  expect([
    known('accepted', 'ringing'),
    known('done', 'completed'),
    known('in-progress', 'busy'),
    known('in-progress', 'ringing', 'CA2'),
    known('asked', 'initiated', null),
    known('unknown', 'initiated'),
    known('accepted', 'something new'),
  ]).toEqual([false, false, false, false, false, false, false]);
});
