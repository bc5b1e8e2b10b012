/** From inclusive, to exclusive, as `HH:MM`; `24:00` is the end of the day; a span may pass midnight. */
export interface CallingHours {
  readonly from: string;
  readonly to: string;
}

const MINUTES_A_DAY = 24 * 60;
const MINUTE_MS = 60_000;

/** Bounded by the number of zones there are: unknown ones throw. */
const formats = new Map<string, Intl.DateTimeFormat>();
const formatOf = (timeZone: string): Intl.DateTimeFormat => {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(timeZone, format);
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

/** Date and minute of the day on the clocks of a zone. */
const localTime = (at: Date, timeZone: string): { date: string; minutes: number } => {
  const [date, clock] = formatOf(timeZone).format(at).split(', ') as [string, string];
  return { date, minutes: minutesOf(clock) };
};

/**
 * True when it is within the hours in every one of the zones. A number that could ring in several zones may be called
 * when none of them is outside the hours.
 */
export const isWithinHours = (at: Date, timeZones: readonly string[], hours: CallingHours): boolean => {
  const from = minutesOf(hours.from);
  const to = minutesOf(hours.to);
  return timeZones.every((timeZone) => {
    const { minutes } = localTime(at, timeZone);
    return from < to ? minutes >= from && minutes < to : minutes >= from || minutes < to;
  });
};

/** Each zone moves the moment forward; after so many rounds there is none that suits all. */
const MAX_ROUNDS = 8;

/** The next moment at which calling is allowed in every zone; `at` itself when it is now, null when there is none. */
export const nextOpening = (at: Date, timeZones: readonly string[], hours: CallingHours): Date | null => {
  let opening = at;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    if (isWithinHours(opening, timeZones, hours)) return opening;
    for (const timeZone of timeZones)
      if (!isWithinHours(opening, [timeZone], hours))
        opening = nextTime(opening, timeZone, minutesOf(hours.from));
  }
  return null;
};

/** True when both moments are on the same day of the calendar in at least one of the zones. */
export const isSameDay = (one: Date, other: Date, timeZones: readonly string[]): boolean =>
  timeZones.some((timeZone) => localTime(one, timeZone).date === localTime(other, timeZone).date);

/** The first moment that is a later day than `at` in every zone. */
export const nextDay = (at: Date, timeZones: readonly string[]): Date =>
  new Date(Math.max(...timeZones.map((timeZone) => nextTime(at, timeZone, 0).getTime())));

/** When the clocks of a zone next show this minute of the day; later than `at`. */
const nextTime = (at: Date, timeZone: string, minute: number): Date => {
  const wait = (minute - localTime(at, timeZone).minutes + MINUTES_A_DAY) % MINUTES_A_DAY || MINUTES_A_DAY;
  const guess = Math.floor(at.getTime() / MINUTE_MS) * MINUTE_MS + wait * MINUTE_MS;
  // The clocks may have changed in between: by so much the guess is late (positive) or early.
  const corrected = guess - pastMinute(guess, timeZone, minute) * MINUTE_MS;
  if (corrected > at.getTime() && pastMinute(corrected, timeZone, minute) === 0) return new Date(corrected);
  // A time of day that the clocks leave out is taken by the first that follows.
  let following = Math.max(corrected, Math.floor(at.getTime() / MINUTE_MS) * MINUTE_MS + MINUTE_MS);
  while (pastMinute(following, timeZone, minute) < 0) following += MINUTE_MS;
  return new Date(following);
};

/** How many minutes the clocks of a zone are past this one of the day; before it: negative. Half a day at most. */
const pastMinute = (atMs: number, timeZone: string, minute: number): number => {
  const half = MINUTES_A_DAY / 2;
  return (
    ((localTime(new Date(atMs), timeZone).minutes - minute + half + MINUTES_A_DAY) % MINUTES_A_DAY) - half
  );
};
