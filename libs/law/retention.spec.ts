import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  addDays,
  daysBetween,
  financialYearEnd,
  isMonthDay,
  registerRetentionCeiling,
  voucherRetentionEnd,
  voucherRetentionOver,
} from './index.js';
import type { MonthDay } from './index.js';
import { day, days } from './testing.js';

function monthDay(text: string): MonthDay {
  if (!isMonthDay(text)) throw new Error(`${text} is not a day of the year`);
  return text;
}

describe('the financial year', () => {
  it.each([
    ['2025-01-01', '12-31', '2025-12-31'],
    ['2025-12-31', '12-31', '2025-12-31'],
    ['2025-06-30', '06-30', '2025-06-30'],
    ['2025-07-01', '06-30', '2026-06-30'],
    ['2024-02-29', '02-29', '2024-02-29'],
    ['2025-02-28', '02-29', '2025-02-28'],
    ['2025-03-01', '02-29', '2026-02-28'],
    ['2023-03-01', '02-29', '2024-02-29'],
    ['2024-02-29', '02-28', '2025-02-28'],
  ])('that holds %s and ends on %s ends on %s', (date, yearEnd, end) => {
    expect(financialYearEnd(day(date), monthDay(yearEnd))).toBe(end);
  });

  it.each(['12-32', '09-31', '02-30', '13-01', '1-1', '12-31 ', '', '2025-12-31'])(
    'does not end on %j',
    (text) => {
      expect(isMonthDay(text)).toBe(false);
    },
  );

  it('holds the date, ends on itself, and is followed by the next', () => {
    const yearEnds = days.map((date) => monthDay(date.slice(5)));
    fc.assert(
      fc.property(days, yearEnds, (date, yearEnd) => {
        const end = financialYearEnd(date, yearEnd);
        expect(end >= date && daysBetween(date, end) <= 365).toBe(true);
        expect(financialYearEnd(end, yearEnd)).toBe(end);
        const next = financialYearEnd(addDays(end, 1), yearEnd);
        expect([365, 366]).toContain(daysBetween(end, next));
      }),
    );
  });
});

describe('vouchers', () => {
  it.each([
    ['2019-12-31', '2025-12-31'],
    ['2025-06-30', '2031-12-31'],
    ['2025-01-01', '2031-12-31'],
  ])('of the financial year that ended on %s are kept until %s', (yearEnd, until) => {
    expect(voucherRetentionEnd(day(yearEnd))).toBe(until);
  });

  it('are kept until that day is over in Helsinki', () => {
    const yearEnd = day('2019-12-31');
    expect(voucherRetentionOver(yearEnd, '2025-12-31T21:59:59.999Z')).toBe(false);
    expect(voucherRetentionOver(yearEnd, '2025-12-31T22:00:00.000Z')).toBe(true);
    expect(voucherRetentionOver(yearEnd, '2026-01-01T00:00:00+02:00')).toBe(true);
    expect(() => voucherRetentionOver(yearEnd, '2026-01-01')).toThrow(RangeError);
  });

  it('are kept six years at least and seven at most', () => {
    fc.assert(
      fc.property(days, (yearEnd) => {
        const kept = daysBetween(yearEnd, voucherRetentionEnd(yearEnd));
        expect(kept >= 6 * 365 && kept <= 7 * 366).toBe(true);
      }),
    );
  });
});

describe('the register', () => {
  it.each([
    ['2026-03-02', '2036-03-02'],
    ['2024-02-29', '2034-02-28'],
  ])('may hold a customer whose relationship ended on %s until %s', (ended, until) => {
    expect(registerRetentionCeiling(day(ended))).toBe(until);
  });
});
