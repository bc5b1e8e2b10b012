import { HttpProblem } from '@frontdesk/http';
import { parse } from 'csv-parse';
import { Readable } from 'node:stream';

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
/** Longest row and longest header row that are read, in characters and bytes. */
const MAX_RECORD = 16_384;

/** A contact as a row of an upload writes it: not checked yet. */
export interface WrittenContact {
  readonly number: string;
  readonly name: string;
  readonly timeZone: string | null;
  readonly consent: boolean;
}

/**
 * Contacts of a CSV as they come: a header row, then a contact a row; comma, semicolon or tab, with or without a BOM,
 * in UTF-8. Throws a problem for what cannot be read.
 */
export async function* contactsFromCsv(bytes: AsyncIterable<Buffer>): AsyncGenerator<WrittenContact> {
  const source = bytes[Symbol.asyncIterator]();
  try {
    const head = await headOf(source);
    assertUtf8(head);
    yield* contactsOf(head, source);
  } catch (error) {
    if (error instanceof HttpProblem) throw error;
    throw new HttpProblem(400, 'The CSV cannot be read', (error as Error).message);
  } finally {
    await source.return?.();
  }
}

async function* contactsOf(head: Buffer, source: AsyncIterator<Buffer>): AsyncGenerator<WrittenContact> {
  const header: { names: (string | null)[] } = { names: [] };
  const parser = parse({
    bom: true,
    delimiter: delimiterOf(head.toString('utf8')),
    skip_empty_lines: true,
    // What spreadsheets make of empty rows: nothing but separators.
    skip_records_with_empty_values: true,
    // A quote within a field, as in עו"ד, is one of its letters.
    relax_quotes: true,
    trim: true,
    relax_column_count: true,
    max_record_size: MAX_RECORD,
    columns: (columns: string[]) =>
      (header.names = columns.map((column) => columnNames[simplify(column)] ?? null)),
  });
  const text = Readable.from(withHead(head, source), { objectMode: false });
  text.on('error', (error) => parser.destroy(error));
  text.pipe(parser);
  try {
    for await (const row of parser as AsyncIterable<Record<string, string | undefined>>) {
      if (!header.names.includes('number')) throw new Error('the header row names no column "number"');
      if (Object.values(row).some((cell) => cell?.includes(UNREADABLE))) throw notUtf8();
      yield {
        number: row.number ?? '',
        name: row.name ?? '',
        timeZone: row.timeZone || null,
        consent: hasConsent(row),
      };
    }
  } finally {
    text.destroy();
    parser.destroy();
  }
}

/** The bytes up to the end of the header row at least. */
const headOf = async (source: AsyncIterator<Buffer>): Promise<Buffer> => {
  let head = Buffer.alloc(0);
  while (!head.includes(0x0a) && !head.includes(0x0d)) {
    if (head.length > MAX_RECORD)
      throw new HttpProblem(400, 'The CSV cannot be read', 'it has no header row');
    const next = await source.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  return head;
};

async function* withHead(head: Buffer, source: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  for (let next = await source.next(); !next.done; next = await source.next()) yield next.value;
}

/** What stands for bytes that are no UTF-8: those of older Hebrew files, for one. A name is said to the person. */
const UNREADABLE = '\ufffd';

const notUtf8 = (): HttpProblem =>
  new HttpProblem(400, 'The CSV cannot be read', 'it must be saved as UTF-8');

/** What spreadsheets call "Unicode text" is UTF-16. */
const assertUtf8 = (head: Buffer): void => {
  const isUtf16 = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  if (isUtf16 || head.includes(0)) throw notUtf8();
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
