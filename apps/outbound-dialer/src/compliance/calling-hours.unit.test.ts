import { isSameDay, isTimeZone, isWithinHours, nextDay, nextOpening } from './calling-hours';

const at = (iso: string) => new Date(iso);
const day = { from: '09:00', to: '20:00' };

it.each([
  ['2026-01-10T06:59:00Z', false], // 08:59 in Jerusalem
  ['2026-01-10T07:00:00Z', true],
  ['2026-01-10T17:59:00Z', true],
  ['2026-01-10T18:00:00Z', false],
])('allows 09:00 to 20:00 of the contact’s own clock: %s %s', (iso, expected) => {
  expect(isWithinHours(at(iso), ['Asia/Jerusalem'], day)).toBe(expected);
});

it('takes 24:00 for the end of the day and a span that passes midnight', () => {
  expect(isWithinHours(at('2026-01-10T23:59:00Z'), ['UTC'], { from: '00:00', to: '24:00' })).toBe(true);
  const night = { from: '22:00', to: '06:00' };
  expect(isWithinHours(at('2026-01-10T23:00:00Z'), ['UTC'], night)).toBe(true);
  expect(isWithinHours(at('2026-01-10T05:59:00Z'), ['UTC'], night)).toBe(true);
  expect(isWithinHours(at('2026-01-10T12:00:00Z'), ['UTC'], night)).toBe(false);
});

it('finds the next opening, the same day or the next', () => {
  expect(nextOpening(at('2026-01-10T03:10:30Z'), ['UTC'], day)).toEqual(at('2026-01-10T09:00:00Z'));
  expect(nextOpening(at('2026-01-10T21:00:00Z'), ['UTC'], day)).toEqual(at('2026-01-11T09:00:00Z'));
  expect(nextOpening(at('2026-01-10T12:00:00Z'), ['UTC'], day)).toEqual(at('2026-01-10T12:00:00Z'));
});

it('opens at nine by the new clock after the clocks changed in the night', () => {
  // Jerusalem goes to summer time on 2026-03-27 at 02:00.
  expect(nextOpening(at('2026-03-26T19:00:00Z'), ['Asia/Jerusalem'], day)).toEqual(
    at('2026-03-27T06:00:00Z'),
  );
  // and back on 2026-10-25 at 02:00: 09:00 is 07:00 UTC again.
  expect(nextOpening(at('2026-10-24T19:00:00Z'), ['Asia/Jerusalem'], day)).toEqual(
    at('2026-10-25T07:00:00Z'),
  );
});

it('knows time zones', () => {
  expect([isTimeZone('Asia/Jerusalem'), isTimeZone('Mars/Olympus'), isTimeZone('')]).toEqual([
    true,
    false,
    false,
  ]);
});

it('opens at the hour that follows one which the clocks leave out', () => {
  const early = { from: '02:30', to: '08:00' };
  expect(nextOpening(at('2026-03-26T19:00:00Z'), ['Asia/Jerusalem'], early)).toEqual(
    at('2026-03-27T00:30:00Z'),
  );
});

it('calls a number of many zones only when it is day in all of them, and says when it never is', () => {
  const coasts = ['America/New_York', 'America/Los_Angeles'];
  expect(isWithinHours(at('2026-01-10T15:00:00Z'), coasts, day)).toBe(false); // 10:00 and 07:00
  expect(nextOpening(at('2026-01-10T15:00:00Z'), coasts, day)).toEqual(at('2026-01-10T17:00:00Z'));
  expect(nextOpening(at('2026-01-11T01:30:00Z'), coasts, day)).toEqual(at('2026-01-11T17:00:00Z'));
  expect(nextOpening(at('2026-01-10T15:00:00Z'), coasts, { from: '09:00', to: '11:00' })).toBeNull();
});

it('counts days by the calendar of the contact', () => {
  const zone = ['Asia/Jerusalem'];
  expect(isSameDay(at('2026-01-10T21:00:00Z'), at('2026-01-10T23:00:00Z'), zone)).toBe(false);
  expect(isSameDay(at('2026-01-10T22:00:00Z'), at('2026-01-11T21:00:00Z'), zone)).toBe(true);
  expect(nextDay(at('2026-01-10T21:00:00Z'), zone)).toEqual(at('2026-01-10T22:00:00Z'));
  expect(nextDay(at('2026-01-10T22:00:00Z'), zone)).toEqual(at('2026-01-11T22:00:00Z'));
});
