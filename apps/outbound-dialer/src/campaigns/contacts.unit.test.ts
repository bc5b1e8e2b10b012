import { checkContacts } from './check-contacts';
import { contactsFromCsv } from './contacts-csv';

const contact = (number: string, over = {}) => ({ number, name: '', timeZone: null, consent: true, ...over });

it('normalizes numbers and names the row and the reason of what it refuses', () => {
  const { accepted, rejected } = checkContacts(
    [
      contact('050-123-4567'),
      contact('+1 (415) 555-2671'),
      contact('zero five'),
      contact(' '),
      contact('+972501234567'),
      contact('050-123-4568', { timeZone: 'Mars/Olympus' }),
    ],
    'IL',
  );
  expect(accepted.map(({ row, number }) => [row, number])).toEqual([
    [1, '+972501234567'],
    [2, '+14155552671'],
  ]);
  expect(rejected).toEqual([
    { row: 3, number: 'zero five', reason: 'is not a telephone number' },
    { row: 4, number: ' ', reason: 'has no number' },
    { row: 5, number: '+972501234567', reason: 'is the same number as row 1' },
    { row: 6, number: '050-123-4568', reason: 'has an unknown time zone "Mars/Olympus"' },
  ]);
});

it.each([
  ['commas', 'Phone Number,Name\n0501234567,"Cohen, Dana"\n'],
  ['semicolons and a BOM', '\ufeffphone;name\r\n0501234567;Cohen, Dana\r\n\r\n'],
  ['tabs and a column it does not know', 'id\tNUMBER\tname\n7\t0501234567\tCohen, Dana\n'],
])('reads CSV with %s', (_, text) => {
  expect(contactsFromCsv(text)).toEqual({
    contacts: [{ number: '0501234567', name: 'Cohen, Dana', timeZone: null, consent: true }],
  });
});

it('reads consent and time zone, and leaves a row without a number to be reported', () => {
  expect(contactsFromCsv('number,consent,time_zone\n1,no,Europe/London\n,yes,\n')).toEqual({
    contacts: [
      { number: '1', name: '', timeZone: 'Europe/London', consent: false },
      { number: '', name: '', timeZone: null, consent: true },
    ],
  });
});

it.each(['declined', 'none', 'לא', '?', ''])(
  'takes "%s" in a column of consents for no consent: only a clear yes lets a call happen',
  (word) => {
    const { contacts } = contactsFromCsv(`number,consent\n1,YES\n2,${word}\n`) as {
      contacts: { consent: boolean }[];
    };
    expect(contacts.map(({ consent }) => consent)).toEqual([true, false]);
  },
);

it('says what is wrong with a CSV that it cannot read', () => {
  expect(() => contactsFromCsv('name,city\nDana,Haifa\n')).toThrow(/no column "number"/);
  expect(() => contactsFromCsv('number,name\n050,"Dana\n')).toThrow(/cannot be read/);
});
