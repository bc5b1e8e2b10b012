import { ContactChecker } from './check-contacts';
import { contactsFromCsv, type WrittenContact } from './contacts-csv';

/** The text in pieces of so many bytes, as a network gives it. */
const read = async (text: string | Buffer, pieceBytes = 7): Promise<WrittenContact[]> => {
  const bytes = Buffer.from(text);
  async function* pieces(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += pieceBytes)
      yield await Promise.resolve(bytes.subarray(at, at + pieceBytes));
  }
  const contacts: WrittenContact[] = [];
  for await (const one of contactsFromCsv(pieces())) contacts.push(one);
  return contacts;
};

const contact = (number: string, over = {}) => ({ number, name: '', timeZone: null, consent: true, ...over });

it('normalizes numbers and names the row and the reason of what it refuses', () => {
  const checker = new ContactChecker('IL');
  const checked = [
    contact('050-123-4567'),
    contact('+1 (415) 555-2671'),
    contact('zero five'),
    contact(' '),
    contact('+972501234567'),
    contact('050-123-4568', { timeZone: 'Mars/Olympus' }),
    contact('050-123-4569', { name: 'x'.repeat(300) }),
  ].map((one) => checker.check(one));
  const accepted = checked.flatMap((one) => one.accepted ?? []);
  expect(accepted.map(({ row, number, country }) => [row, number, country])).toEqual([
    [1, '+972501234567', 'IL'],
    [2, '+14155552671', 'US'],
  ]);
  expect(checked.flatMap((one) => one.rejected ?? [])).toEqual([
    { row: 3, number: 'zero five', reason: 'is not a telephone number' },
    { row: 4, number: ' ', reason: 'has no number' },
    { row: 5, number: '+972501234567', reason: 'is the same number as row 1' },
    { row: 6, number: '050-123-4568', reason: 'has an unknown time zone "Mars/Olympus"' },
    { row: 7, number: '050-123-4569', reason: 'does not fit: name is too long' },
  ]);
});

it.each([
  ['commas', 'Phone Number,Name\n0501234567,"Cohen, Dana"\n'],
  ['semicolons and a BOM', '\ufeffphone;name\r\n0501234567;Cohen, Dana\r\n\r\n'],
  ['tabs and a column it does not know', 'id\tNUMBER\tname\n7\t0501234567\tCohen, Dana\n'],
  ['quotes within quotes and line breaks of its own', 'number,name\r0501234567,"Cohen, Dana"\r'],
  ['rows of nothing but separators', 'number,name,\n , ,\n0501234567,"Cohen, Dana",\n,,\n,,\n'],
])('reads CSV with %s, however the bytes come', async (_, text) => {
  for (const pieceBytes of [1, 7, 1000])
    expect(await read(text, pieceBytes)).toEqual([
      { number: '0501234567', name: 'Cohen, Dana', timeZone: null, consent: true },
    ]);
});

it('reads Hebrew whose letters are cut between two pieces', async () => {
  expect(await read('number,name\n0501234567,דנה כהן\n', 1)).toMatchObject([{ name: 'דנה כהן' }]);
});

it('takes a quote within a field for one of its letters', async () => {
  const names = async (csv: string): Promise<string[]> => (await read(csv)).map(({ name }) => name);
  expect(await names('number,name\n1,עו"ד כהן\n2,"ד""ר לוי"\n3,Dana "Dee" Levi\n')).toEqual([
    'עו"ד כהן',
    'ד"ר לוי',
    'Dana "Dee" Levi',
  ]);
});

it.each([
  ['in a name', 'number,name,note\n1,"Dana,x\n2,"Levi",y\n3,Cohen,z\n'],
  ['in a column that is not read', 'number,name,note\n1,Dana,"x\n2,Levi,"y"\n3,Cohen,z\n'],
])('loses no row to a quote that is not closed %s: it refuses the file', async (_, csv) => {
  await expect(read(csv)).rejects.toMatchObject({
    status: 400,
    detail: expect.stringMatching(/^Invalid Closing Quote: .* at line \d+$/) as string,
  });
});

it('refuses a file in another encoding wherever that shows, rather than say names that it cannot read', async () => {
  const hebrew = Buffer.concat([
    Buffer.from('number,name\n1,Dana\n2,'),
    Buffer.from([0xe3, 0xf0, 0xe4, 0x0a]),
  ]);
  await expect(read(hebrew)).rejects.toMatchObject({ status: 400, detail: 'it must be saved as UTF-8' });
});

it('reads consent and time zone, and leaves a row without a number to be reported', async () => {
  expect(await read('number,consent,time_zone\n1,no,Europe/London\n,yes,\n')).toEqual([
    { number: '1', name: '', timeZone: 'Europe/London', consent: false },
    { number: '', name: '', timeZone: null, consent: true },
  ]);
});

it.each(['declined', 'none', 'לא', '?', ''])(
  'takes "%s" in a column of consents for no consent: only a clear yes lets a call happen',
  async (word) => {
    const contacts = await read(`number,consent\n1,YES\n2,${word}\n`);
    expect(contacts.map(({ consent }) => consent)).toEqual([true, false]);
  },
);

it('says what is wrong with a CSV that it cannot read', async () => {
  await expect(read('name,city\nDana,Haifa\n')).rejects.toMatchObject({
    status: 400,
    detail: expect.stringContaining('no column "number"') as string,
  });
  await expect(read('number,name\n050,"Dana\n')).rejects.toMatchObject({ status: 400 });
  await expect(read(`number,name\n050,${'x'.repeat(20_000)}\n`)).rejects.toMatchObject({ status: 400 });
  await expect(read('x'.repeat(40_000))).rejects.toMatchObject({ detail: 'it has no header row' });
  await expect(read(Buffer.from('\ufeffnumber\n050', 'utf16le'))).rejects.toMatchObject({
    detail: 'it must be saved as UTF-8',
  });
  expect(await read('')).toEqual([]);
});
