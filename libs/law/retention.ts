import { helsinkiDate } from './helsinki.js';
import { addMonths, dateOf, daysInMonth, isLocalDate, yearOf } from './local-date.js';
import type { LocalDate } from './local-date.js';

declare const monthDay: unique symbol;

/** A day of every year, `MM-DD`. `02-29` stands for the last day of February. */
export type MonthDay = string & { readonly [monthDay]: true };

/** Vouchers are kept at least so many years (1336/1997, chapter 2, section 10). */
export const VOUCHER_RETENTION_YEARS = 6;

/** The register is kept at most so many years (the notice, "Henkilötietojen säilyttämisaika"). */
export const REGISTER_RETENTION_YEARS = 10;

/** Whether a text is a day of the year, `MM-DD`. */
export function isMonthDay(text: string): text is MonthDay {
  // A leap year has all of them.
  return isLocalDate(`2024-${text}`);
}

/**
 * The last day of the financial year that holds a business date: with a year that ends on 06-30,
 * 2025-07-01 gives 2026-06-30.
 * @param yearEnd last day of the financial year; `02-29` is 28 February where there is no 29th
 */
export function financialYearEnd(businessDate: LocalDate, yearEnd: MonthDay): LocalDate {
  const year = yearOf(businessDate);
  const sameYear = inYear(yearEnd, year);
  return businessDate <= sameYear ? sameYear : inYear(yearEnd, year + 1);
}

/**
 * The last day on which vouchers of a financial year must still be kept: six years from the end of
 * the calendar year in which the financial year ended (1336/1997, chapter 2, section 10). Nobody
 * has to act on that day, so it does not move to a working day.
 * @param yearEnd last day of the financial year, as {@link financialYearEnd} gives it
 */
export function voucherRetentionEnd(yearEnd: LocalDate): LocalDate {
  return dateOf(yearOf(yearEnd) + VOUCHER_RETENTION_YEARS, 12, 31);
}

/**
 * Whether vouchers of a financial year need not be kept any more: the last day is over in Helsinki.
 * @param yearEnd last day of the financial year
 * @param instant RFC 3339 date-time with its zone
 * @throws RangeError where the instant is not one
 */
export function voucherRetentionOver(yearEnd: LocalDate, instant: string): boolean {
  return helsinkiDate(instant) > voucherRetentionEnd(yearEnd);
}

/**
 * The last day on which the register may hold a customer (the notice, "10 vuotta asiakkuuden
 * päättymisestä lukien"). A ceiling, not a need: what is needed no longer goes earlier (Art.
 * 5(1)(e) GDPR), so it does not move to a working day either.
 * @param customershipEnd the day on which the customer relationship ended
 */
export function registerRetentionCeiling(customershipEnd: LocalDate): LocalDate {
  return addMonths(customershipEnd, REGISTER_RETENTION_YEARS * 12);
}

function inYear(day: MonthDay, year: number): LocalDate {
  const month = Number(day.slice(0, 2));
  return dateOf(year, month, Math.min(Number(day.slice(3)), daysInMonth(year, month)));
}
