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

it.each([
  [400, 21211, 'invalid-number'],
  [400, 21214, 'invalid-number'],
  [400, 21217, 'invalid-number'],
  [403, 21215, 'failed'],
  [400, 21216, 'failed'],
  [400, 21219, 'failed'],
  [400, 29999, 'failed'],
])('ends the contact whose number Twilio refuses with %i and %i as %s', (status, code, outcome) => {
  expect(classifyDialFailure(answered(status, code))).toMatchObject({ kind: 'refused', outcome });
});

it.each([
  [401, 20003],
  [403, 20003],
  [400, 21210],
  [400, 21212],
  [400, 21213],
  [400, 21205],
])('blames no contact for %i and %i, which every call of the campaign would meet', (status, code) => {
  expect(classifyDialFailure(answered(status, code))).toMatchObject({ kind: 'sender' });
});
