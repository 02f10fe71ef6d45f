import { describe, expect, test } from '@jest/globals';

import { parseInstant, type Instant } from '#kernel';

import { DEFAULT_ROTATION, isOverdue, unreadableFrom } from './rotation.js';

const at = (day: string): Instant => parseInstant(`${day}T00:00:00Z`, 'day');
const created = at('2026-01-01');

describe('overdue', () => {
  const late = (state: 'current' | 'retiring' | 'retired' | 'unnamed', now: string) =>
    isOverdue({ state, createdAt: created, dueAt: at('2026-03-02') }, at(now), DEFAULT_ROTATION);

  test('a current KEK from the day that its interval is over', () => {
    expect(late('current', '2026-01-30')).toBe(false);
    expect(late('current', '2026-01-31')).toBe(true);
  });

  test('a retiring one from its due day; one that is retired or unnamed never', () => {
    expect(late('retiring', '2026-03-01')).toBe(false);
    expect(late('retiring', '2026-03-02')).toBe(true);
    expect(late('retired', '2027-01-01')).toBe(false);
    expect(late('unnamed', '2027-01-01')).toBe(false);
  });
});

describe('a key destroyed now is unreadable in any copy', () => {
  test('from the next rotation plus the backup time', () => {
    expect(unreadableFrom(created, at('2026-01-10'), DEFAULT_ROTATION)).toBe(at('2026-03-02'));
  });

  test('from today plus the backup time where the rotation is overdue', () => {
    expect(unreadableFrom(created, at('2026-02-10'), DEFAULT_ROTATION)).toBe(at('2026-03-12'));
  });
});
