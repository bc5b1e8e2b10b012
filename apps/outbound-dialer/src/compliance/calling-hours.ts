/** From inclusive, to exclusive, as `HH:MM`; `24:00` is the end of the day; a span may pass midnight. */
export interface CallingHours {
  readonly from: string;
  readonly to: string;
}

const MINUTES_A_DAY = 24 * 60;
const MINUTE_MS = 60_000;

const formats = new Map<string, Intl.DateTimeFormat>();
const formatOf = (timeZone: string): Intl.DateTimeFormat => {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(timeZone, format); // bounded by the number of zones: unknown ones throw above
  }
  return format;
};

export const isTimeZone = (timeZone: string): boolean => {
  try {
    formatOf(timeZone);
    return true;
  } catch {
    return false;
  }
};

const minutesOf = (clock: string): number => {
  const [hours, minutes] = clock.split(':').map(Number) as [number, number];
  return hours * 60 + minutes;
};
const localMinutes = (at: Date, timeZone: string): number => minutesOf(formatOf(timeZone).format(at));

export const isWithinHours = (at: Date, timeZone: string, hours: CallingHours): boolean => {
  const now = localMinutes(at, timeZone);
  const from = minutesOf(hours.from);
  const to = minutesOf(hours.to);
  return from < to ? now >= from && now < to : now >= from || now < to;
};

/** The next moment at which calling is allowed; `at` itself when it is now. */
export const nextOpening = (at: Date, timeZone: string, hours: CallingHours): Date => {
  if (isWithinHours(at, timeZone, hours)) return at;
  const from = minutesOf(hours.from);
  const wait = (from - localMinutes(at, timeZone) + MINUTES_A_DAY) % MINUTES_A_DAY;
  const guess = Math.floor(at.getTime() / MINUTE_MS) * MINUTE_MS + wait * MINUTE_MS;
  // The clocks may have changed in between: by so much the guess is late (positive) or early.
  const half = MINUTES_A_DAY / 2;
  const late =
    ((localMinutes(new Date(guess), timeZone) - from + half + MINUTES_A_DAY) % MINUTES_A_DAY) - half;
  return new Date(guess - late * MINUTE_MS);
};
