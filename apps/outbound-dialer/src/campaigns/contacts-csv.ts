import { HttpProblem } from '@frontdesk/http';
import { parse } from 'csv-parse/sync';

/** Names that a column may have, in lower case and without spaces, dashes and underscores. */
const columnNames: Readonly<Record<string, 'number' | 'name' | 'timeZone' | 'consent'>> = {
  number: 'number',
  phone: 'number',
  phonenumber: 'number',
  telephone: 'number',
  mobile: 'number',
  name: 'name',
  timezone: 'timeZone',
  zone: 'timeZone',
  consent: 'consent',
};
const yeses = ['yes', 'y', 'true', '1', 'כן'];

/** The body of addContacts from CSV: a header row, then a contact a row; comma, semicolon or tab, with or without a BOM. */
export const contactsFromCsv = (text: string): unknown => {
  let rows: Record<string, string | undefined>[];
  try {
    rows = parse(text, {
      bom: true,
      delimiter: delimiterOf(text),
      skip_empty_lines: true,
      trim: true,
      relax_column_count: true,
      columns: (header: string[]) => header.map((column) => columnNames[simplify(column)] ?? null),
    });
  } catch (error) {
    throw new HttpProblem(400, 'The CSV cannot be read', (error as Error).message);
  }
  if (rows.length > 0 && !rows.some((row) => 'number' in row))
    throw new HttpProblem(400, 'The CSV cannot be read', 'the header row names no column "number"');
  return {
    contacts: rows.map((row) => ({
      number: row.number ?? '',
      name: row.name ?? '',
      timeZone: row.timeZone || null,
      consent: hasConsent(row),
    })),
  };
};

/** Without such a column as in JSON: the uploader answers for it. With one only a clear yes counts (OU4: failing closed). */
const hasConsent = (row: Record<string, string | undefined>): boolean =>
  !('consent' in row) || yeses.includes((row.consent ?? '').toLowerCase());

const simplify = (column: string): string => column.toLowerCase().replace(/[\s_-]/g, '');

/** The separator that the header row uses most. */
const delimiterOf = (text: string): string => {
  const header = text.slice(0, text.search(/[\r\n]|$/));
  const [best] = [',', ';', '\t'].sort((a, b) => header.split(b).length - header.split(a).length);
  return best!;
};
