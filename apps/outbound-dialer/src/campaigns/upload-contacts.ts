import { type ContactsAdded, MAX_CONTACTS, MAX_REJECTED_SHOWN } from '@frontdesk/contracts';
import { HttpProblem } from '@frontdesk/http';
import { type EntityManager } from 'typeorm';
import { insertContacts, knownNumbers } from '../store/queries/insert-contacts';
import { type CampaignRow } from '../store/rows';
import { type AcceptedContact, ContactChecker, type ContactRowError } from './check-contacts';
import { type WrittenContact } from './contacts-csv';

/** Rows that are held in memory at a time. */
const batchSize = 2000;

export interface UploadOptions {
  readonly campaign: CampaignRow;
  readonly numberCountry: string;
  /** Store the good rows although others are wrong. */
  readonly skipInvalid: boolean;
}

/**
 * Reads contacts as they come and stores them, a batch at a time, within the caller's transaction. When a row is wrong,
 * and such rows are not to be skipped, it reads on to the end to tell all of them, and then throws: nothing is stored.
 */
export const uploadContacts = async (
  manager: EntityManager,
  contacts: AsyncIterable<WrittenContact> | Iterable<WrittenContact>,
  options: UploadOptions,
): Promise<ContactsAdded> => {
  const upload = new Upload(manager, options);
  for await (const contact of contacts) await upload.take(contact);
  return upload.finish();
};

class Upload {
  private rows = 0;
  private added = 0;
  private rejectedTotal = 0;
  private readonly rejected: ContactRowError[] = [];
  private batch: AcceptedContact[] = [];
  private readonly checker: ContactChecker;

  constructor(
    private readonly manager: EntityManager,
    private readonly options: UploadOptions,
  ) {
    this.checker = new ContactChecker(options.numberCountry);
  }

  async take(contact: WrittenContact): Promise<void> {
    if (++this.rows > MAX_CONTACTS)
      throw new HttpProblem(
        413,
        'Too many contacts for one upload',
        `at most ${MAX_CONTACTS} rows at a time`,
      );
    const { accepted, rejected } = this.checker.check(contact);
    if (rejected) this.reject(rejected);
    else this.batch.push(accepted);
    if (this.batch.length >= batchSize) await this.store();
  }

  async finish(): Promise<ContactsAdded> {
    await this.store();
    const { added, rejectedTotal } = this;
    const rejected = this.rejected.sort((a, b) => a.row - b.row);
    if (this.rows === 0) throw new HttpProblem(400, 'The upload holds no contacts');
    if (rejectedTotal > 0 && !this.options.skipInvalid) throw refusal(rejected, rejectedTotal);
    return { added, rejected, rejectedTotal };
  }

  private async store(): Promise<void> {
    const { campaign, skipInvalid } = this.options;
    const batch = this.batch;
    this.batch = [];
    if (batch.length === 0) return;
    const numbers = batch.map(({ number }) => number);
    const known = await knownNumbers(this.manager, campaign.id, numbers);
    for (const { row, number } of batch)
      if (known.has(number)) this.reject({ row, number, reason: 'is in the campaign already' });
    if (this.rejectedTotal > 0 && !skipInvalid) return;
    const fresh = batch.filter(({ number }) => !known.has(number));
    await insertContacts(this.manager, campaign, fresh);
    this.added += fresh.length;
  }

  private reject(row: ContactRowError): void {
    this.rejectedTotal += 1;
    if (this.rejected.length < MAX_REJECTED_SHOWN) this.rejected.push(row);
  }
}

const refusal = (rejected: ContactRowError[], rejectedTotal: number): HttpProblem =>
  new HttpProblem(
    422,
    'Nothing was stored: some rows are wrong',
    `${rejectedTotal} rows; repeat with skipInvalid=true to store the others`,
    rejected.map(({ row, number, reason }) => ({
      path: `row ${row}`,
      message: `${number} ${reason}`.trim(),
    })),
    { added: 0, rejected, rejectedTotal },
  );
