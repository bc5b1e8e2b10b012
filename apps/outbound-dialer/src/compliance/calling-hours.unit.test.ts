import fc from 'fast-check';
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

it('opens as the clocks go on, where they leave out the time of the opening', () => {
  const early = { from: '02:30', to: '08:00' };
  expect(nextOpening(at('2026-03-26T19:00:00Z'), ['Asia/Jerusalem'], early)).toEqual(
    at('2026-03-27T00:00:00Z'),
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

/** Nights in which clocks leave out an hour, or half of one, also at midnight. */
const changes = [
  ['Asia/Jerusalem', '2026-03-26T12:00:00Z'],
  ['America/New_York', '2026-03-07T18:00:00Z'],
  ['Australia/Lord_Howe', '2026-10-03T00:00:00Z'],
  ['Asia/Beirut', '2026-03-28T12:00:00Z'],
  ['America/Havana', '2026-03-07T16:00:00Z'],
  ['Africa/Cairo', '2026-04-23T12:00:00Z'],
] as const;
const MINUTE_MS = 60_000;
const clockOf = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

it('opens at the very first minute that is within the hours, also where the clocks leave some out', () => {
  const quarter = fc.integer({ min: 0, max: 95 }).map((n) => n * 15);
  fc.assert(
    fc.property(
      fc.constantFrom(...changes),
      fc.integer({ min: 0, max: 24 * 60 }),
      quarter,
      fc.integer({ min: 1, max: 95 }).map((n) => n * 15),
      ([zone, day], offset, from, length) => {
        const hours = { from: clockOf(from), to: clockOf((from + length) % (24 * 60)) };
        const start = new Date(at(day).getTime() + offset * MINUTE_MS);
        let first = start;
        while (!isWithinHours(first, [zone], hours)) first = new Date(first.getTime() + MINUTE_MS);
        expect([zone, start, hours, nextOpening(start, [zone], hours)]).toEqual([zone, start, hours, first]);
      },
    ),
    { numRuns: 100 },
  );
});
