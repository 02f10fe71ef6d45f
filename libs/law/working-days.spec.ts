import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  addDays,
  addWorkingDays,
  dayOff,
  daysBetween,
  easterDay,
  isWorkingDay,
  nextWorkingDay,
  publicHoliday,
  weekday,
} from './index.js';
import { day, days } from './testing.js';

describe('Finnish public holidays', () => {
  it('of 2026 are these and no others', () => {
    const found: Record<string, string> = {};
    for (let date = day('2026-01-01'); date <= '2026-12-31'; date = addDays(date, 1)) {
      const holiday = publicHoliday(date);
      if (holiday !== undefined) found[date] = holiday;
    }
    expect(found).toEqual({
      '2026-01-01': 'new-years-day',
      '2026-01-06': 'epiphany',
      '2026-04-03': 'good-friday',
      '2026-04-05': 'easter-day',
      '2026-04-06': 'easter-monday',
      '2026-05-01': 'may-day',
      '2026-05-14': 'ascension-day',
      '2026-05-24': 'whit-sunday',
      '2026-06-20': 'midsummer-day',
      '2026-10-31': 'all-saints-day',
      '2026-12-06': 'independence-day',
      '2026-12-25': 'christmas-day',
      '2026-12-26': 'boxing-day',
    });
  });

  it.each([
    ['2020-06-20', 'midsummer-day'],
    ['2021-06-26', 'midsummer-day'],
    ['2020-10-31', 'all-saints-day'],
    ['2021-11-06', 'all-saints-day'],
    ['2024-12-06', 'independence-day'],
  ])('%s is %s', (date, holiday) => {
    expect(publicHoliday(day(date))).toBe(holiday);
  });

  it.each(['2026-06-19', '2026-12-24'])('the eve %s is a working day', (eve) => {
    expect(isWorkingDay(day(eve))).toBe(true);
  });

  it.each([
    [1961, '1961-04-02'],
    [2000, '2000-04-23'],
    [2008, '2008-03-23'],
    [2011, '2011-04-24'],
    [2019, '2019-04-21'],
    [2024, '2024-03-31'],
    [2025, '2025-04-20'],
    [2026, '2026-04-05'],
    [2038, '2038-04-25'],
    [2076, '2076-04-19'],
    [2285, '2285-03-22'],
  ])('Easter Day of %d is %s', (year, date) => {
    expect(easterDay(year)).toBe(date);
  });

  it('Easter Day is a Sunday from 22 March to 25 April', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1583, max: 9999 }), (year) => {
        const easter = easterDay(year);
        expect(weekday(easter)).toBe(7);
        expect(easter.slice(5) >= '03-22' && easter.slice(5) <= '04-25').toBe(true);
      }),
    );
  });
});

describe('working days', () => {
  it('says why a day is none, the holiday before the weekday', () => {
    expect(dayOff(day('2026-03-07'))).toBe('saturday');
    expect(dayOff(day('2026-03-08'))).toBe('sunday');
    expect(dayOff(day('2026-12-06'))).toBe('independence-day');
    expect(dayOff(day('2026-03-09'))).toBeUndefined();
  });

  it('the next one is the day itself or the first after it', () => {
    fc.assert(
      fc.property(days, (date) => {
        const next = nextWorkingDay(date);
        expect(isWorkingDay(next)).toBe(true);
        // No run of days off is longer than Good Friday to Easter Monday.
        expect(daysBetween(date, next)).toBeLessThanOrEqual(4);
        for (let between = date; between < next; between = addDays(between, 1)) {
          expect(isWorkingDay(between)).toBe(false);
        }
      }),
    );
  });

  it('are counted without the first day', () => {
    expect(addWorkingDays(day('2026-03-02'), 5)).toBe('2026-03-09');
    expect(addWorkingDays(day('2026-03-07'), 1)).toBe('2026-03-09');
    expect(addWorkingDays(day('2026-04-02'), 1)).toBe('2026-04-07');
    expect(addWorkingDays(day('2026-03-07'), 0)).toBe('2026-03-07');
  });
});
