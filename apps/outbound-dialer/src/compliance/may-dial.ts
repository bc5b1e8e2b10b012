import { type CampaignRow } from '../store/rows';
import { isSameDay, isTimeZone, isWithinHours, nextDay, nextOpening } from './calling-hours';
import { type ContactPlace, zonesOf } from './contact-zones';

/** A contact as the database knows it at this moment. */
export interface ContactFacts extends ContactPlace {
  readonly consent: boolean;
  readonly is_on_do_not_call: boolean;
  /** When the business last had this number called, over all its campaigns: the last two days. */
  readonly asked_lately: readonly Date[];
}

export type DialRules = Pick<CampaignRow, 'time_zone' | 'hours_from' | 'hours_to' | 'max_attempts_per_day'>;

export type Verdict =
  | { kind: 'dial' }
  | { kind: 'never'; outcome: 'do-not-call' | 'no-consent' | 'outside-hours'; reason: string }
  | { kind: 'later'; dueAt: Date; because: 'outside-hours' | 'attempts-per-day'; reason: string }
  /** Nobody of the campaign who needs its time zone can be called by this process. */
  | { kind: 'pause'; reason: string };

/**
 * Data of time zones differ between versions of the runtime, so a zone may be unknown to some processes while a new version
 * is rolled out: until a contact is looked at again, ms.
 */
const unknownZoneRetryMs = 60 * 60_000;

/** May this contact be called now? Asked when an attempt is admitted and again, on fresh rows, when it is claimed (OU4). */
export const mayDial = (contact: ContactFacts, rules: DialRules, now: Date): Verdict => {
  if (contact.is_on_do_not_call)
    return { kind: 'never', outcome: 'do-not-call', reason: 'the number is on the do-not-call list' };
  if (!contact.consent) return { kind: 'never', outcome: 'no-consent', reason: 'no consent to be called' };
  const zones = zonesOf(contact, rules.time_zone);
  const unknown = zones.find((zone) => !isTimeZone(zone));
  if (unknown !== undefined) return verdictOnUnknown(unknown, rules, now);
  const hours = { from: rules.hours_from, to: rules.hours_to };
  const today = contact.asked_lately.filter((at) => isSameDay(at, now, zones));
  const isEnough = today.length >= rules.max_attempts_per_day;
  if (!isEnough && isWithinHours(now, zones, hours)) return { kind: 'dial' };
  const dueAt = nextOpening(isEnough ? nextDay(now, zones) : now, zones, hours);
  if (!dueAt)
    return {
      kind: 'never',
      outcome: 'outside-hours',
      reason: 'the hours suit no moment in all time zones of the number: give the contact its time zone',
    };
  return isEnough
    ? { kind: 'later', dueAt, because: 'attempts-per-day', reason: 'called often enough today' }
    : { kind: 'later', dueAt, because: 'outside-hours', reason: 'outside calling hours' };
};

const verdictOnUnknown = (zone: string, rules: DialRules, now: Date): Verdict =>
  zone === rules.time_zone
    ? { kind: 'pause', reason: `the time zone "${zone}" of the campaign is unknown here` }
    : {
        kind: 'later',
        dueAt: new Date(now.getTime() + unknownZoneRetryMs),
        because: 'outside-hours',
        reason: `the time zone "${zone}" is unknown here`,
      };
