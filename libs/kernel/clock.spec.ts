import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { instantOf, laterOf, millisOf, parseInstant, plusMillis, systemClock } from './clock.js';
import { InvalidInput } from './errors.js';

const dates = fc.date({
  min: new Date('0001-01-01T00:00:00Z'),
  max: new Date('9999-12-30T00:00:00Z'),
  noInvalidDate: true,
});

describe('an instant', () => {
  it('reads back as itself, from any zone', () => {
    fc.assert(
      fc.property(dates, fc.integer({ min: -14 * 60, max: 14 * 60 }), (date, minutes) => {
        const at = instantOf(date);
        expect(parseInstant(at, 'at')).toBe(at);
        expect(millisOf(at)).toBe(date.getTime());
        fc.pre(date.getUTCFullYear() > 1);
        const local = new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, -1);
        const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
        const zone = [hours, rest].map((part) => String(part).padStart(2, '0')).join(':');
        expect(parseInstant(`${local}${minutes < 0 ? '-' : '+'}${zone}`, 'at')).toBe(at);
      }),
    );
  });

  it('comes in the order of its text', () => {
    fc.assert(
      fc.property(dates, dates, (a, b) => {
        const [one, other] = [instantOf(a), instantOf(b)];
        expect(one < other).toBe(a.getTime() < b.getTime());
        expect(millisOf(laterOf(one, other))).toBe(Math.max(a.getTime(), b.getTime()));
      }),
    );
  });

  it('moves by milliseconds', () => {
    const at = parseInstant('2026-02-28T23:59:59.999Z', 'at');
    expect(plusMillis(at, 1)).toBe('2026-03-01T00:00:00.000Z');
    expect(plusMillis(at, -999)).toBe('2026-02-28T23:59:59.000Z');
  });

  it.each([
    ['2026-03-02T09:15:00Z', '2026-03-02T09:15:00.000Z'],
    ['2026-03-02T09:15:00.1234567Z', '2026-03-02T09:15:00.123Z'],
    ['2026-03-02T00:15:00+02:00', '2026-03-01T22:15:00.000Z'],
    ['2024-02-29T23:59:59-12:00', '2024-03-01T11:59:59.000Z'],
  ])('is read from %s', (text, at) => {
    expect(parseInstant(text, 'at')).toBe(at);
  });

  it.each([
    '',
    '2026-03-02',
    '2026-03-02T09:15:00',
    '2026-03-02 09:15:00Z',
    '2026-02-29T09:15:00Z',
    '2026-02-31T09:15:00Z',
    '2026-13-01T09:15:00Z',
    '2026-00-01T09:15:00Z',
    '2026-03-02T24:00:00Z',
    '2026-03-02T09:60:00Z',
    '2026-06-30T23:59:60Z',
    '2026-03-02T09:15:00+24:00',
    '2026-03-02T09:15:00+02:60',
    '2026-03-02T09:15:00z',
    // In UTC these lie in years that four digits cannot write.
    '9999-12-31T23:59:59-01:00',
    '0000-01-01T00:00:00+01:00',
    '+012026-03-02T09:15:00Z',
    '2026-03-02T09:15:00Z\n',
  ])('is not read from %j', (text) => {
    expect(() => parseInstant(text, 'at')).toThrow(InvalidInput);
  });

  it('is refused by rule and never by accident, and not quoted', () => {
    const alike = fc.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[Z+-](\d{2}:\d{2})?$/);
    fc.assert(
      fc.property(fc.oneof(alike, fc.string()), (text) => {
        try {
          expect(parseInstant(text, 'at')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
        } catch (error) {
          expect(error).toMatchObject({ name: 'InvalidInput', field: 'at', rule: 'instant' });
        }
      }),
    );
  });
});

describe('the system’s clock', () => {
  it('tells the time', () => {
    const before = Date.now();
    const now = millisOf(systemClock.now());
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now());
  });
});
