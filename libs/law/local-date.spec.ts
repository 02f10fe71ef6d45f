import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { day, days } from './testing.js';
import {
  addDays,
  addMonths,
  compareDates,
  dateOf,
  daysBetween,
  daysInMonth,
  isLocalDate,
  parseLocalDate,
  weekday,
  yearOf,
} from './index.js';

describe('a day', () => {
  it.each(['2026-03-02', '2024-02-29', '2000-02-29', '0001-01-01', '9999-12-31'])(
    'exists: %s',
    (text) => {
      expect(parseLocalDate(text)).toBe(text);
    },
  );

  it.each([
    '2026-02-29',
    '1900-02-29',
    '2026-02-31',
    '2026-04-31',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '0000-01-01',
    '2026-1-1',
    '26-01-01',
    '2026-03-02T00:00:00Z',
    ' 2026-03-02',
    '2026-03-02\n',
    '+010000-01-01',
    '٢٠٢٦-03-02',
    '',
  ])('does not exist: %j', (text) => {
    expect(isLocalDate(text)).toBe(false);
    expect(parseLocalDate(text)).toBeUndefined();
  });

  it('of the year 10000 is refused, not invented', () => {
    expect(() => addDays(day('9999-12-31'), 1)).toThrow(RangeError);
    expect(() => addMonths(day('9999-12-31'), 1)).toThrow(RangeError);
    expect(() => addDays(day('0001-01-01'), -1)).toThrow(RangeError);
    expect(() => addMonths(day('0001-01-01'), -1)).toThrow(RangeError);
  });

  it('is not moved by parts of days or months', () => {
    expect(() => addDays(day('2026-01-01'), 0.5)).toThrow(RangeError);
    expect(() => addMonths(day('2026-01-01'), Number.NaN)).toThrow(RangeError);
  });
});

describe('months later', () => {
  it.each([
    ['2026-01-31', 1, '2026-02-28'],
    ['2024-01-31', 1, '2024-02-29'],
    ['2000-01-31', 1, '2000-02-29'],
    ['2100-01-31', 1, '2100-02-28'],
    ['2026-01-31', 3, '2026-04-30'],
    ['2026-11-30', 3, '2027-02-28'],
    ['2026-12-01', 1, '2027-01-01'],
    ['2026-03-31', -1, '2026-02-28'],
    ['2026-01-15', -13, '2024-12-15'],
    ['2024-02-29', 120, '2034-02-28'],
  ])('%s and %d months are %s', (from, months, to) => {
    expect(addMonths(day(from), months)).toBe(to);
  });

  it('have the same number, or are the last of the month', () => {
    fc.assert(
      fc.property(days, fc.integer({ min: -600, max: 600 }), (date, months) => {
        const later = addMonths(date, months);
        const number = Number(date.slice(8));
        const last = daysInMonth(yearOf(later), Number(later.slice(5, 7)));
        expect(Number(later.slice(8))).toBe(Math.min(number, last));
        const index = (of: string) => Number(of.slice(0, 4)) * 12 + Number(of.slice(5, 7));
        expect(index(later) - index(date)).toBe(months);
      }),
    );
  });
});

describe('arithmetic of days', () => {
  it('goes there and back', () => {
    fc.assert(
      fc.property(days, fc.integer({ min: -40_000, max: 40_000 }), (date, amount) => {
        const later = addDays(date, amount);
        expect(isLocalDate(later)).toBe(true);
        expect(daysBetween(date, later)).toBe(amount);
        expect(addDays(later, -amount)).toBe(date);
        expect(compareDates(date, later)).toBe(-Math.sign(amount) + 0);
      }),
    );
  });

  it('knows the weekday', () => {
    expect(weekday(day('2026-03-02'))).toBe(1);
    expect(weekday(day('2026-03-08'))).toBe(7);
    expect(weekday(day('1970-01-01'))).toBe(4);
    expect(weekday(day('1969-12-31'))).toBe(3);
    fc.assert(
      fc.property(days, (date) => {
        const sundayFirst = new Date(`${date}T00:00:00Z`).getUTCDay();
        expect(weekday(date)).toBe(sundayFirst === 0 ? 7 : sundayFirst);
      }),
    );
  });

  it('builds a day from parts that exist', () => {
    expect(dateOf(2026, 3, 2)).toBe('2026-03-02');
    expect(dateOf(99, 3, 2)).toBe('0099-03-02');
    expect(() => dateOf(2026, 2, 30)).toThrow(RangeError);
    expect(() => dateOf(2026, 13, 1)).toThrow(RangeError);
  });
});
