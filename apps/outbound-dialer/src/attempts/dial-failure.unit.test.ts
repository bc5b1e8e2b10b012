import { TwilioRestError } from '@frontdesk/telephony';
import { classifyDialFailure } from './dial-failure';

const answered = (status: number, code?: number) =>
  TwilioRestError.from({ status, code, message: 'refused' }, 'create call', true);
const cut = (code: string) => TwilioRestError.from({ code, message: code }, 'create call', true);

it.each([
  ['a time-out', cut('ECONNABORTED'), 'unknown'],
  ['a connection lost after sending', cut('ECONNRESET'), 'unknown'],
  ['a 500', answered(500), 'unknown'],
  ['an error of our own', new TypeError('x is not a function'), 'unknown'],
])('does not know whether %s placed a call', (_, error, kind) => {
  expect(classifyDialFailure(error)).toMatchObject({ kind });
});

it('knows that a refused connection and a 429 placed none, and holds the account for a 429', () => {
  expect(classifyDialFailure(cut('ECONNREFUSED'))).toMatchObject({ kind: 'again', holdAccount: false });
  expect(classifyDialFailure(answered(429, 20429))).toMatchObject({ kind: 'again', holdAccount: true });
});

it('blames the number for 21211, the request for another 400, the account for a 401', () => {
  expect(classifyDialFailure(answered(400, 21211))).toMatchObject({
    kind: 'refused',
    outcome: 'invalid-number',
  });
  expect(classifyDialFailure(answered(400, 21210))).toMatchObject({ kind: 'refused', outcome: 'failed' });
  expect(classifyDialFailure(answered(401, 20003))).toMatchObject({ kind: 'account' });
});
