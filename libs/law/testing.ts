import fc from 'fast-check';

import { addDays, parseLocalDate } from './local-date.js';
import type { LocalDate } from './local-date.js';

/** A day that a test names. */
export function day(text: string): LocalDate {
  const parsed = parseLocalDate(text);
  if (parsed === undefined) throw new Error(`${text} is not a day`);
  return parsed;
}

const FIRST = day('1930-01-01');

/** Any day of 1930 to 2199. */
export const days: fc.Arbitrary<LocalDate> = fc
  .integer({ min: 0, max: 98_615 })
  .map((after) => addDays(FIRST, after));
