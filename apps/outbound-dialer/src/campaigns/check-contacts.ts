import { type contactInputSchema, type contactRowErrorSchema } from '@frontdesk/contracts';
import { normalizeE164 } from '@frontdesk/telephony';
import { type z } from 'zod';
import { isTimeZone } from '../compliance/calling-hours';

export type ContactInput = z.output<typeof contactInputSchema>;
export type ContactRowError = z.infer<typeof contactRowErrorSchema>;
export type AcceptedContact = ContactInput & { row: number };

/** Longest text of a number that is shown back. */
const shownNumber = 60;

/** Sorts an upload into contacts to store, their numbers in E.164, and rows with what is wrong with them. */
export const checkContacts = (
  contacts: readonly ContactInput[],
  defaultCountry: string,
): { accepted: AcceptedContact[]; rejected: ContactRowError[] } => {
  const accepted: AcceptedContact[] = [];
  const rejected: ContactRowError[] = [];
  const rowOf = new Map<string, number>();
  for (const [index, contact] of contacts.entries()) {
    const row = index + 1;
    const number = normalizeE164(contact.number, defaultCountry);
    const reason = reasonAgainst(contact, number, number === null ? undefined : rowOf.get(number));
    if (reason !== undefined || number === null) {
      rejected.push({ row, number: contact.number.slice(0, shownNumber), reason: reason ?? '' });
      continue;
    }
    rowOf.set(number, row);
    accepted.push({ ...contact, number, row });
  }
  return { accepted, rejected };
};

const reasonAgainst = (
  contact: ContactInput,
  number: string | null,
  earlierRow: number | undefined,
): string | undefined => {
  if (number === null) return contact.number.trim() === '' ? 'has no number' : 'is not a telephone number';
  if (earlierRow !== undefined) return `is the same number as row ${earlierRow}`;
  if (contact.timeZone !== null && !isTimeZone(contact.timeZone))
    return `has an unknown time zone "${contact.timeZone}"`;
  return undefined;
};
