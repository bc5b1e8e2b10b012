import { type CampaignRow } from '../store/rows';
import { isWithinHours, nextOpening } from './calling-hours';

export interface ContactFacts {
  readonly consent: boolean;
  readonly contact_time_zone: string | null;
  readonly is_on_do_not_call: boolean;
}

export type Verdict =
  | { kind: 'dial' }
  | { kind: 'never'; outcome: 'do-not-call' | 'no-consent'; reason: string }
  | { kind: 'later'; dueAt: Date };

/** May this contact be called now? Asked when an attempt is admitted and again, on fresh rows, when it is claimed (OU4). */
export const mayDial = (
  contact: ContactFacts,
  campaign: Pick<CampaignRow, 'time_zone' | 'hours_from' | 'hours_to'>,
  now: Date,
): Verdict => {
  if (contact.is_on_do_not_call)
    return { kind: 'never', outcome: 'do-not-call', reason: 'the number is on the do-not-call list' };
  if (!contact.consent) return { kind: 'never', outcome: 'no-consent', reason: 'no consent to be called' };
  const timeZone = contact.contact_time_zone ?? campaign.time_zone;
  const hours = { from: campaign.hours_from, to: campaign.hours_to };
  if (isWithinHours(now, timeZone, hours)) return { kind: 'dial' };
  return { kind: 'later', dueAt: nextOpening(now, timeZone, hours) };
};
