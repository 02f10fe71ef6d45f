import { addDays, dateOf, daysBetween, weekday, yearOf } from './local-date.js';
import type { LocalDate } from './local-date.js';

/** A public holiday of Finland (Reg. 1182/71, Art. 2(1): those that the member state designates). */
export type PublicHoliday =
  | 'new-years-day'
  | 'epiphany'
  | 'good-friday'
  | 'easter-day'
  | 'easter-monday'
  | 'may-day'
  | 'ascension-day'
  | 'whit-sunday'
  | 'midsummer-day'
  | 'all-saints-day'
  | 'independence-day'
  | 'christmas-day'
  | 'boxing-day';

/** Why a day is not a working day (Reg. 1182/71, Art. 2(2)). A holiday goes before the weekday. */
export type DayOff = PublicHoliday | 'saturday' | 'sunday';

const FIXED: ReadonlyMap<string, PublicHoliday> = new Map([
  ['01-01', 'new-years-day'],
  ['01-06', 'epiphany'],
  ['05-01', 'may-day'],
  ['12-06', 'independence-day'],
  ['12-25', 'christmas-day'],
  ['12-26', 'boxing-day'],
]);

/** Days after Easter Day. */
const AROUND_EASTER: ReadonlyMap<number, PublicHoliday> = new Map([
  [-2, 'good-friday'],
  [0, 'easter-day'],
  [1, 'easter-monday'],
  [39, 'ascension-day'],
  [49, 'whit-sunday'],
]);

/**
 * The public holiday that a day is. Midsummer Eve and Christmas Eve are none: many do not work on
 * them, but no law makes them holidays, and the cautious reading never makes a period longer.
 */
export function publicHoliday(date: LocalDate): PublicHoliday | undefined {
  const monthAndDay = date.slice(5);
  const fixed = FIXED.get(monthAndDay);
  if (fixed !== undefined) return fixed;
  if (weekday(date) === 6) {
    if (monthAndDay >= '06-20' && monthAndDay <= '06-26') return 'midsummer-day';
    if (monthAndDay >= '10-31' && monthAndDay <= '11-06') return 'all-saints-day';
  }
  return AROUND_EASTER.get(daysBetween(easterDay(yearOf(date)), date));
}

/** Why a day is not a working day; undefined where it is one. */
export function dayOff(date: LocalDate): DayOff | undefined {
  const holiday = publicHoliday(date);
  if (holiday !== undefined) return holiday;
  const day = weekday(date);
  if (day === 6) return 'saturday';
  return day === 7 ? 'sunday' : undefined;
}

/** Whether a day is neither a Saturday, a Sunday nor a public holiday of Finland. */
export function isWorkingDay(date: LocalDate): boolean {
  return dayOff(date) === undefined;
}

/** The day itself if it is a working day, else the first working day after it. */
export function nextWorkingDay(date: LocalDate): LocalDate {
  let day = date;
  while (!isWorkingDay(day)) day = addDays(day, 1);
  return day;
}

/** The working day that comes as the given number after a day, the day itself not counted. */
export function addWorkingDays(date: LocalDate, days: number): LocalDate {
  let day = date;
  for (let counted = 0; counted < days; counted++) day = nextWorkingDay(addDays(day, 1));
  return day;
}

/** Easter Day of a year, by the Gregorian computus (the algorithm of Meeus, Jones and Butcher). */
export function easterDay(year: number): LocalDate {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const ofCentury = year % 100;
  const correction = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3);
  const epact = (19 * golden + century - Math.floor(century / 4) - correction + 15) % 30;
  const toSunday =
    (32 + 2 * (century % 4) + 2 * Math.floor(ofCentury / 4) - epact - (ofCentury % 4)) % 7;
  const late = Math.floor((golden + 11 * epact + 22 * toSunday) / 451);
  const days = epact + toSunday - 7 * late + 114;
  return dateOf(year, Math.floor(days / 31), (days % 31) + 1);
}
