import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';

/**
 * A number as people write it, in E.164, or null when it is none (also `anonymous`, `client:name`, `sip:…`).
 * @param defaultCountry ISO 3166 code by which a number without a country code is read, such as `IL`
 */
export const normalizeE164 = (raw: string, defaultCountry: string): string | null => {
  const country = isSupportedCountry(defaultCountry) ? defaultCountry : undefined;
  const number = parsePhoneNumberFromString(raw.trim(), { defaultCountry: country, extract: false });
  // Possible, not valid: numbering plans change faster than metadata, and Twilio has the last word (21211).
  return number?.isPossible() ? number.number : null;
};
