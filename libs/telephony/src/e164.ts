import {
  getCountries,
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
  type PhoneNumber,
} from 'libphonenumber-js';

export interface TelephoneNumber {
  /** E.164 */
  readonly number: string;
  /**
   * ISO 3166 code of its country; `+` and the calling code where several countries share that and the number does not tell
   * which (see {@link countriesOf}); null for a number of none (satellite, freephone of all countries).
   */
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
  return { number: parsed.number, country: parsed.country ?? sharedCodeOf(parsed) };
};

const sharedCodeOf = (parsed: PhoneNumber): string | null =>
  parsed.isNonGeographic() ? null : `+${parsed.countryCallingCode}`;

/** The countries that {@link TelephoneNumber.country} may stand for, as ISO 3166 codes. */
export const countriesOf = (country: string): readonly string[] =>
  country.startsWith('+')
    ? getCountries().filter((one) => `+${getCountryCallingCode(one)}` === country)
    : [country];

/** The same in E.164 alone. */
export const normalizeE164 = (raw: string, defaultCountry: string): string | null =>
  parseTelephoneNumber(raw, defaultCountry)?.number ?? null;
