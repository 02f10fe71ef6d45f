import { addDays, dateOf, isLocalDate } from './local-date.js';
import type { LocalDate } from './local-date.js';

const DAY_MILLIS = 86_400_000;
const ZONED = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

// Fixed locale, calendar and digits: nothing may depend on the machine's own settings.
const WALL_CLOCK = new Intl.DateTimeFormat('en-US', {
  timeZone: 'Europe/Helsinki',
  calendar: 'gregory',
  numberingSystem: 'latn',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/**
 * The day in Helsinki at an instant.
 * @param instant RFC 3339 date-time with its zone
 * @throws RangeError where it is not one
 */
export function helsinkiDate(instant: string): LocalDate {
  return dateAt(millisOfInstant(instant));
}

/** The instant at which a day begins in Helsinki, in UTC: `2026-03-01T22:00:00.000Z`. */
export function startOfHelsinkiDay(date: LocalDate): string {
  return new Date(startMillis(date)).toISOString();
}

/**
 * The instant at which a day ends in Helsinki, at 24:00 there, which is the beginning of the next
 * (Reg. 1182/71, Art. 3(2): a period ends with the last hour of its last day). What happens at this
 * instant is late.
 */
export function endOfHelsinkiDay(date: LocalDate): string {
  return startOfHelsinkiDay(addDays(date, 1));
}

/** A date-time without a zone is refused: it would be read in the zone of the machine. */
function millisOfInstant(instant: string): number {
  const millis = ZONED.test(instant) ? Date.parse(instant) : Number.NaN;
  if (Number.isNaN(millis) || !isLocalDate(instant.slice(0, 10))) {
    throw new RangeError('not a date-time with a zone');
  }
  return millis;
}

/**
 * The earliest instant of a day. Both offsets that may hold around it are tried, since the clocks
 * may change on the day itself, the one before or the one after.
 */
function startMillis(date: LocalDate): number {
  const midnight = Date.parse(`${date}T00:00:00Z`);
  const starts = [midnight - DAY_MILLIS, midnight + DAY_MILLIS]
    .map((near) => midnight - offsetAt(near))
    .filter((start) => dateAt(start) === date);
  return Math.min(...starts);
}

/** How far the clocks of Helsinki are ahead of UTC, in milliseconds. */
function offsetAt(millis: number): number {
  const clock = wallClock(millis);
  const shown = Date.parse(`${dateOf(clock.year, clock.month, clock.day)}T00:00:00Z`);
  const seconds = clock.hour * 3600 + clock.minute * 60 + clock.second;
  return shown + seconds * 1000 - Math.floor(millis / 1000) * 1000;
}

function dateAt(millis: number): LocalDate {
  const clock = wallClock(millis);
  return dateOf(clock.year, clock.month, clock.day);
}

type Clock = Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number>;

function wallClock(millis: number): Clock {
  const clock: Clock = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
  for (const part of WALL_CLOCK.formatToParts(millis)) {
    if (isField(part.type)) clock[part.type] = Number(part.value);
  }
  return clock;
}

function isField(type: string): type is keyof Clock {
  return ['year', 'month', 'day', 'hour', 'minute', 'second'].includes(type);
}
