import { countriesOf } from '@frontdesk/telephony';

/** Node's own data of the world's time zones; its name differs between the versions we run on. */
type ZonedLocale = Intl.Locale & { getTimeZones?(): string[] | undefined; timeZones?: string[] };

/** Bounded by the number of countries and of calling codes. */
const zonesOfCountries = new Map<string, readonly string[]>();

const zonesOfCountry = (country: string): readonly string[] => {
  let zones = zonesOfCountries.get(country);
  if (!zones) {
    zones = [...new Set(countriesOf(country).flatMap(zonesOfRegion))];
    zonesOfCountries.set(country, zones);
  }
  return zones;
};

const zonesOfRegion = (region: string): readonly string[] => {
  const locale = new Intl.Locale('und', { region }) as ZonedLocale;
  return locale.getTimeZones?.() ?? locale.timeZones ?? [];
};

/** What says where a contact's telephone rings. */
export interface ContactPlace {
  /** As the upload gave it. */
  readonly contact_time_zone: string | null;
  /** ISO 3166 code of the number, or a calling code that countries share. */
  readonly contact_country: string | null;
}

/**
 * The time zones in which a contact may be: the one the upload gave, else all of the number's country (a mobile number
 * says no more than that, and calling hours must hold wherever it rings), else the campaign's.
 */
export const zonesOf = (place: ContactPlace, campaignZone: string): readonly string[] => {
  if (place.contact_time_zone !== null) return [place.contact_time_zone];
  const zones = place.contact_country === null ? [] : zonesOfCountry(place.contact_country);
  return zones.length > 0 ? zones : [campaignZone];
};
