import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';

export interface TelephoneNumber {
  /** E.164 */
  readonly number: string;
  /** ISO 3166 code of its country; null where the number does not tell (see {@link countriesOf}). */
  readonly country: string | null;
}

/** Marks that nobody sees, such as those of direction around numbers copied out of right-to-left text. */
const invisible = /\p{Cf}/gu;

/**
 * A number as people write it, or null when it is none (also `anonymous`, `client:name`, `sip:…`), or one behind a
 * switchboard: without its extension it would be somebody else's.
 * @param defaultCountry ISO 3166 code by which a number without a country code is read, such as `IL`
 */
export const parseTelephoneNumber = (raw: string, defaultCountry: string): TelephoneNumber | null => {
  const country = isSupportedCountry(defaultCountry) ? defaultCountry : undefined;
  const written = raw.replace(invisible, '').trim();
  const parsed = parsePhoneNumberFromString(written, { defaultCountry: country, extract: false });
  // Possible, not valid: numbering plans change faster than metadata, and Twilio has the last word (21211).
  if (!parsed?.isPossible() || parsed.ext) return null;
  return { number: parsed.number, country: parsed.country ?? null };
};

/**
 * The countries in which a number may be, as ISO 3166 codes: its own; those that share its calling code, the main one of
 * them first, where the number does not tell which; none for a number of no country (satellite, freephone of all countries).
 * @param number E.164
 */
export const countriesOf = (number: string): readonly string[] =>
  parsePhoneNumberFromString(number, { extract: false })?.getPossibleCountries() ?? [];

/** The same in E.164 alone. */
export const normalizeE164 = (raw: string, defaultCountry: string): string | null =>
  parseTelephoneNumber(raw, defaultCountry)?.number ?? null;
