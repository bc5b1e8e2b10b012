import { type contactRowErrorSchema, contactInputSchema } from '@frontdesk/contracts';
import { parseTelephoneNumber } from '@frontdesk/telephony';
import { type z } from 'zod';
import { isTimeZone } from '../compliance/calling-hours';
import { type WrittenContact } from './contacts-csv';

export type ContactRowError = z.infer<typeof contactRowErrorSchema>;
export interface AcceptedContact extends WrittenContact {
  readonly row: number;
  /** As `TelephoneNumber.country` says. */
  readonly country: string | null;
}

/** Longest text of a number that is shown back. */
const shownNumber = 60;

/** Sorts the rows of one upload, one after the other, into contacts with their numbers in E.164, and what is wrong. */
export class ContactChecker {
  private rows = 0;
  private readonly rowOf = new Map<string, number>();

  constructor(private readonly defaultCountry: string) {}

  check(
    contact: WrittenContact,
  ):
    | { accepted: AcceptedContact; rejected?: undefined }
    | { accepted?: undefined; rejected: ContactRowError } {
    const row = ++this.rows;
    const parsed = parseTelephoneNumber(contact.number, this.defaultCountry);
    const reason = parsed
      ? this.reasonAgainst(contact, parsed.number)
      : contact.number.trim() === ''
        ? 'has no number'
        : 'is not a telephone number';
    if (!parsed || reason !== undefined)
      return { rejected: { row, number: contact.number.slice(0, shownNumber), reason: reason ?? '' } };
    this.rowOf.set(parsed.number, row);
    return { accepted: { ...contact, ...parsed, row } };
  }

  private reasonAgainst(contact: WrittenContact, number: string): string | undefined {
    const earlier = this.rowOf.get(number);
    if (earlier !== undefined) return `is the same number as row ${earlier}`;
    if (contact.timeZone !== null && !isTimeZone(contact.timeZone))
      return `has an unknown time zone "${contact.timeZone.slice(0, shownNumber)}"`;
    const fits = contactInputSchema.safeParse(contact);
    return fits.success ? undefined : `does not fit: ${fits.error.issues[0]?.path.join('.')} is too long`;
  }
}
