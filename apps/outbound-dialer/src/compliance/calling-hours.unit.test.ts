import { isTimeZone, isWithinHours, nextOpening } from './calling-hours';

const at = (iso: string) => new Date(iso);
const day = { from: '09:00', to: '20:00' };

it.each([
  ['2026-01-10T06:59:00Z', false], // 08:59 in Jerusalem
  ['2026-01-10T07:00:00Z', true],
  ['2026-01-10T17:59:00Z', true],
  ['2026-01-10T18:00:00Z', false],
])('allows 09:00 to 20:00 of the contact’s own clock: %s %s', (iso, expected) => {
  expect(isWithinHours(at(iso), 'Asia/Jerusalem', day)).toBe(expected);
});

it('takes 24:00 for the end of the day and a span that passes midnight', () => {
  expect(isWithinHours(at('2026-01-10T23:59:00Z'), 'UTC', { from: '00:00', to: '24:00' })).toBe(true);
  const night = { from: '22:00', to: '06:00' };
  expect(isWithinHours(at('2026-01-10T23:00:00Z'), 'UTC', night)).toBe(true);
  expect(isWithinHours(at('2026-01-10T05:59:00Z'), 'UTC', night)).toBe(true);
  expect(isWithinHours(at('2026-01-10T12:00:00Z'), 'UTC', night)).toBe(false);
});

it('finds the next opening, the same day or the next', () => {
  expect(nextOpening(at('2026-01-10T03:10:30Z'), 'UTC', day)).toEqual(at('2026-01-10T09:00:00Z'));
  expect(nextOpening(at('2026-01-10T21:00:00Z'), 'UTC', day)).toEqual(at('2026-01-11T09:00:00Z'));
  expect(nextOpening(at('2026-01-10T12:00:00Z'), 'UTC', day)).toEqual(at('2026-01-10T12:00:00Z'));
});

it('opens at nine by the new clock after the clocks changed in the night', () => {
  // Jerusalem goes to summer time on 2026-03-27 at 02:00.
  expect(nextOpening(at('2026-03-26T19:00:00Z'), 'Asia/Jerusalem', day)).toEqual(at('2026-03-27T06:00:00Z'));
  // and back on 2026-10-25 at 02:00: 09:00 is 07:00 UTC again.
  expect(nextOpening(at('2026-10-24T19:00:00Z'), 'Asia/Jerusalem', day)).toEqual(at('2026-10-25T07:00:00Z'));
});

it('knows time zones', () => {
  expect([isTimeZone('Asia/Jerusalem'), isTimeZone('Mars/Olympus'), isTimeZone('')]).toEqual([
    true,
    false,
    false,
  ]);
});
