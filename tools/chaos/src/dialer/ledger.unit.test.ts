import { type Contact } from '@frontdesk/contracts';
import { Random } from '../system/random';
import { ledgerFigures, type RestEntry } from './ledger';
import { plannedContacts, type PlannedContact } from './planned-contacts';

const attemptId = (digit: number): string => `019a0000-0000-7000-8000-00000000000${digit}`;
const number = '+972501000000';
const planned: PlannedContact[] = [{ number, responses: [], outcome: 'answered', calls: 1, faults: [] }];
const placed = (id: string, sid: string | null, status: number | null = 201): RestEntry => ({
  method: 'POST',
  path: '/2010-04-01/Accounts/AC1/Calls.json',
  params: { To: number, StatusCallback: `https://x.example/webhook/dial/${id}/status#rc=3` },
  status,
  answer: sid === null ? null : { sid },
});
const contact = (id: string, callSid: string | null): Contact => ({
  id: attemptId(9),
  number,
  name: '',
  outcome: 'answered',
  attempts: [{ id, number: 1, state: 'done', outcome: 'answered', callSid, askedAt: null }],
});
const failed = (...args: Parameters<typeof ledgerFigures>): string[] =>
  ledgerFigures(...args)
    .filter(({ ok }) => ok === false)
    .map(({ figure }) => figure);

describe('the ledger of placed calls', () => {
  const first = attemptId(1);

  it('balances when Twilio and the dialer tell the same, also where an answer was lost or refused', () => {
    const requests = [placed(first, null, 500), placed(first, null, 429), placed(first, null, null)];
    expect(failed(planned, requests, [contact(first, 'CA1')], { answered: 1 })).toEqual([]);
  });

  it('shows a call placed twice for one attempt', () => {
    const requests = [placed(first, 'CA1'), placed(first, 'CA2')];
    expect(failed(planned, requests, [contact(first, 'CA1')], { answered: 1 })).toEqual([
      'attempts placed twice',
      'calls placed that the dialer has under another SID',
      'contacts called as often as was due',
    ]);
  });

  it('shows a call that only one of them knows, and a counter that lies', () => {
    expect(failed(planned, [placed(attemptId(2), 'CA9')], [contact(first, 'CA1')], { busy: 1 })).toEqual([
      'calls placed that the dialer does not know',
      'calls placed that the dialer has under another SID',
      'attempts with a call that was never placed',
      'counters that differ from the book',
    ]);
  });
});

it('plans contacts that each have a number and an outcome, the same for the same seed', () => {
  const contacts = plannedContacts(400, new Random(5));
  expect(new Set(contacts.map((one) => one.number)).size).toBe(400);
  expect(new Set(contacts.map(({ outcome }) => outcome))).toEqual(
    new Set(['answered', 'busy', 'no-answer', 'failed']),
  );
  expect(contacts.some(({ faults }) => faults.length > 0)).toBe(true);
  expect(plannedContacts(400, new Random(5))).toEqual(contacts);
});
