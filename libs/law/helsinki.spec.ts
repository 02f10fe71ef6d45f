import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { addDays, endOfHelsinkiDay, helsinkiDate, startOfHelsinkiDay } from './index.js';
import { day, days } from './testing.js';

describe('the day in Helsinki', () => {
  it.each([
    ['2026-01-31T21:59:59.999Z', '2026-01-31'],
    ['2026-01-31T22:00:00.000Z', '2026-02-01'],
    ['2026-06-30T20:59:59.999Z', '2026-06-30'],
    ['2026-06-30T21:00:00.000Z', '2026-07-01'],
    ['2026-07-01T00:00:00+03:00', '2026-07-01'],
    ['2026-03-29T00:30Z', '2026-03-29'],
    ['0001-01-02T00:00:00Z', '0001-01-02'],
  ])('at %s is %s', (instant, date) => {
    expect(helsinkiDate(instant)).toBe(date);
  });

  it.each([
    '',
    '2026-03-02',
    '2026-03-02T10:00:00',
    '2026-02-30T10:00:00Z',
    '2026-03-02T25:00:00Z',
  ])('is refused for %j', (text) => {
    expect(() => helsinkiDate(text)).toThrow(RangeError);
  });
});

describe('beginning and end of a day', () => {
  it.each([
    // winter, summer
    ['2026-01-15', '2026-01-14T22:00:00.000Z', '2026-01-15T22:00:00.000Z'],
    ['2026-07-15', '2026-07-14T21:00:00.000Z', '2026-07-15T21:00:00.000Z'],
    // the day before, of and after the change to summer time: 24, 23 and 24 hours
    ['2026-03-28', '2026-03-27T22:00:00.000Z', '2026-03-28T22:00:00.000Z'],
    ['2026-03-29', '2026-03-28T22:00:00.000Z', '2026-03-29T21:00:00.000Z'],
    ['2026-03-30', '2026-03-29T21:00:00.000Z', '2026-03-30T21:00:00.000Z'],
    // the same in autumn: 24, 25 and 24 hours
    ['2026-10-24', '2026-10-23T21:00:00.000Z', '2026-10-24T21:00:00.000Z'],
    ['2026-10-25', '2026-10-24T21:00:00.000Z', '2026-10-25T22:00:00.000Z'],
    ['2026-10-26', '2026-10-25T22:00:00.000Z', '2026-10-26T22:00:00.000Z'],
    // a day that had no midnight: the clocks went from 24:00 to 1:00
    ['1942-04-03', '1942-04-02T22:00:00.000Z', '1942-04-03T21:00:00.000Z'],
  ])('%s', (date, start, end) => {
    expect(startOfHelsinkiDay(day(date))).toBe(start);
    expect(endOfHelsinkiDay(day(date))).toBe(end);
  });

  it('leaves no gap and no overlap between days', () => {
    fc.assert(
      fc.property(days, (date) => {
        const start = startOfHelsinkiDay(date);
        const before = new Date(Date.parse(start) - 1).toISOString();
        expect(helsinkiDate(start)).toBe(date);
        expect(helsinkiDate(before)).toBe(addDays(date, -1));
        expect(endOfHelsinkiDay(addDays(date, -1))).toBe(start);
      }),
    );
  });
});
