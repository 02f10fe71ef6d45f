declare const localDate: unique symbol;

/**
 * A day of the calendar, `YYYY-MM-DD`, from 0001-01-01 to 9999-12-31: no time, no zone. Text order
 * is date order.
 */
export type LocalDate = string & { readonly [localDate]: true };

/** Day of the week as in ISO 8601: Monday is 1, Sunday 7. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

const FORM = /^(?!0000)\d{4}-\d{2}-\d{2}$/;
const DAY_MILLIS = 86_400_000;
/** 1970-01-01 was a Thursday; the weekday of epoch day n is the entry at n modulo 7. */
const WEEKDAYS: readonly Weekday[] = [4, 5, 6, 7, 1, 2, 3];

/** Whether a text is a day that exists, in the form `YYYY-MM-DD`. */
export function isLocalDate(text: string): text is LocalDate {
  if (!FORM.test(text)) return false;
  const millis = Date.parse(`${text}T00:00:00Z`);
  // `Date` takes 31 February for 3 March in some forms; the day must survive the way back.
  return !Number.isNaN(millis) && new Date(millis).toISOString().startsWith(text);
}

/** Reads a day; undefined where the text is not one (2026-02-29 is not). */
export function parseLocalDate(text: string): LocalDate | undefined {
  return isLocalDate(text) ? text : undefined;
}

/** The day that lies a number of days later (earlier, if negative). @throws RangeError */
export function addDays(date: LocalDate, days: number): LocalDate {
  assertWhole(days);
  return fromEpochDay(epochDay(date) + days);
}

/**
 * The day of the same number a number of months later, or the last day of a month that is shorter
 * (Reg. 1182/71, Art. 3(2)(c)): 31 January and one month are 28 or 29 February.
 * @throws RangeError beyond the year 9999
 */
export function addMonths(date: LocalDate, months: number): LocalDate {
  assertWhole(months);
  const total = yearOf(date) * 12 + (monthOf(date) - 1) + months;
  const year = Math.floor(total / 12);
  const month = (total % 12) + 1;
  return dateOf(year, month, Math.min(dayOfMonth(date), daysInMonth(year, month)));
}

/** Day of the week. */
export function weekday(date: LocalDate): Weekday {
  const found = WEEKDAYS[((epochDay(date) % 7) + 7) % 7];
  if (found === undefined) throw new RangeError('not a day');
  return found;
}

/** Negative, zero or positive, as `a` lies before, on or after `b`: for sorting. */
export function compareDates(a: LocalDate, b: LocalDate): -1 | 0 | 1 {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Days from one day to another; negative where `to` lies before `from`. */
export function daysBetween(from: LocalDate, to: LocalDate): number {
  return epochDay(to) - epochDay(from);
}

/** The year of a day. */
export function yearOf(date: LocalDate): number {
  return Number(date.slice(0, 4));
}

/** A day from its parts, months from 1. @throws RangeError where there is no such day */
export function dateOf(year: number, month: number, day: number): LocalDate {
  return existing(`${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`);
}

/** Number of days of a month, months from 1. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function monthOf(date: LocalDate): number {
  return Number(date.slice(5, 7));
}

function dayOfMonth(date: LocalDate): number {
  return Number(date.slice(8, 10));
}

/** Days since 1970-01-01. */
function epochDay(date: LocalDate): number {
  return Date.parse(`${date}T00:00:00Z`) / DAY_MILLIS;
}

function fromEpochDay(day: number): LocalDate {
  return existing(new Date(day * DAY_MILLIS).toISOString().slice(0, 10));
}

function existing(text: string): LocalDate {
  if (!isLocalDate(text)) throw new RangeError('there is no such day from year 1 to 9999');
  return text;
}

function assertWhole(amount: number): void {
  if (!Number.isSafeInteger(amount)) throw new RangeError('an amount of time must be whole');
}

function digits(value: number, length: number): string {
  return String(value).padStart(length, '0');
}
