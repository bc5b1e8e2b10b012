import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';

export interface TelephoneNumber {
  /** E.164 */
  readonly number: string;
  /** ISO 3166 code of its country; null for a number of none (satellite, freephone) or of a plan that cannot tell. */
  readonly country: string | null;
}

/**
 * A number as people write it, or null when it is none (also `anonymous`, `client:name`, `sip:…`).
 * @param defaultCountry ISO 3166 code by which a number without a country code is read, such as `IL`
 */
export const parseTelephoneNumber = (raw: string, defaultCountry: string): TelephoneNumber | null => {
  const country = isSupportedCountry(defaultCountry) ? defaultCountry : undefined;
  const parsed = parsePhoneNumberFromString(raw.trim(), { defaultCountry: country, extract: false });
  // Possible, not valid: numbering plans change faster than metadata, and Twilio has the last word (21211).
  return parsed?.isPossible() ? { number: parsed.number, country: parsed.country ?? null } : null;
};

/** The same in E.164 alone. */
export const normalizeE164 = (raw: string, defaultCountry: string): string | null =>
  parseTelephoneNumber(raw, defaultCountry)?.number ?? null;
