import { countriesOf } from '@frontdesk/telephony';

/** Node's own data of the world's time zones; its name differs between the versions we run on. */
type ZonedLocale = Intl.Locale & { getTimeZones?(): string[] | undefined; timeZones?: string[] };

/** Bounded by the number of countries. */
const zonesOfCountries = new Map<string, readonly string[]>();

const zonesOfCountry = (country: string): readonly string[] => {
  let zones = zonesOfCountries.get(country);
  if (!zones) {
    const locale = new Intl.Locale('und', { region: country }) as ZonedLocale;
    zones = locale.getTimeZones?.() ?? locale.timeZones ?? [];
    zonesOfCountries.set(country, zones);
  }
  return zones;
};

/**
 * Where countries share the calling code and the number does not tell which, the main one's zones, and the campaign's if
 * that is of another of them: with all of theirs (the code 1 reaches from Guam to Newfoundland) hardly an hour of the year
 * would suit.
 */
const zonesOfNumber = (number: string, campaignZone: string): readonly string[] => {
  const [main, ...others] = countriesOf(number);
  if (main === undefined) return [];
  const zones = zonesOfCountry(main);
  const isOfAnother = others.some((country) => zonesOfCountry(country).includes(campaignZone));
  return isOfAnother ? [...zones, campaignZone] : zones;
};

/** What says where a contact's telephone rings. */
export interface ContactPlace {
  /** As the upload gave it. */
  readonly contact_time_zone: string | null;
  /** ISO 3166 code of the number; null where it does not tell, or was uploaded to a release that stored none. */
  readonly contact_country: string | null;
  /** E.164; may be null where one of the others is given. */
  readonly contact_number: string | null;
}

/**
 * The time zones in which a contact may be: the one the upload gave, else all of the number's country (a mobile number
 * says no more than that, and calling hours must hold wherever it rings), else the campaign's.
 */
export const zonesOf = (place: ContactPlace, campaignZone: string): readonly string[] => {
  if (place.contact_time_zone !== null) return [place.contact_time_zone];
  const zones =
    place.contact_country === null
      ? zonesOfNumber(place.contact_number ?? '', campaignZone)
      : zonesOfCountry(place.contact_country);
  return zones.length > 0 ? zones : [campaignZone];
};
