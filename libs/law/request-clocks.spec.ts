import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  addDays,
  addMonths,
  answerDeadline,
  daysBetween,
  extendedAnswerDeadline,
  isWorkingDay,
  lastDayToAskForIdentity,
} from './index.js';
import type { Deadline, LocalDate, Pause } from './index.js';
import { day, days } from './testing.js';

function pause(asked: string, answered: string): Pause {
  return { asked: day(asked), answered: day(answered) };
}

describe('an answer', () => {
  it.each([
    ['2026-01-31', '2026-03-02', '2026-04-30'],
    ['2026-03-03', '2026-04-07', '2026-06-03'],
    ['2026-04-14', '2026-05-15', '2026-07-14'],
    ['2026-08-31', '2026-09-30', '2026-11-30'],
    ['2026-11-06', '2026-12-07', '2027-02-08'],
    ['2026-12-06', '2027-01-07', '2027-03-08'],
    ['2024-01-31', '2024-02-29', '2024-04-30'],
  ])('to what was received on %s is due on %s, extended on %s', (received, end, extended) => {
    expect(answerDeadline(day(received)).end).toBe(end);
    expect(extendedAnswerDeadline(day(received)).end).toBe(extended);
  });

  it('carries its calculation', () => {
    expect(answerDeadline(day('2026-03-03'))).toEqual({
      from: '2026-03-03',
      rule: 'answer-within-one-month',
      source: 'GDPR Art. 12(3); Reg. (EEC, Euratom) 1182/71, Art. 3(1), 3(2)(c) and 3(4)',
      rawEnd: '2026-04-03',
      movedBecause: ['good-friday', 'saturday', 'easter-day', 'easter-monday'],
      end: '2026-04-07',
    });
    expect(answerDeadline(day('2026-11-06')).movedBecause).toEqual(['independence-day']);
    expect(answerDeadline(day('2026-08-31'))).not.toHaveProperty('movedBecause');
    expect(answerDeadline(day('2026-08-31'))).not.toHaveProperty('pauses');
  });

  it('is extended from receipt, not from the first deadline', () => {
    // The first deadline moved to 2 March; two months from that would be 2 May.
    expect(extendedAnswerDeadline(day('2026-01-31'))).toMatchObject({
      from: '2026-01-31',
      rule: 'answer-within-three-months',
      rawEnd: '2026-04-30',
      end: '2026-04-30',
    });
  });
});

describe('an identity check', () => {
  it('stops the clock from the day of asking to the day of the answer', () => {
    expect(
      answerDeadline(day('2026-03-02'), { pauses: [pause('2026-03-04', '2026-03-11')] }),
    ).toEqual({
      from: '2026-03-02',
      rule: 'answer-within-one-month',
      source:
        'GDPR Art. 12(3); Reg. (EEC, Euratom) 1182/71, Art. 3(1), 3(2)(c) and 3(4); GDPR Art. 12(6)',
      pauses: [{ asked: '2026-03-04', answered: '2026-03-11', days: 7 }],
      rawEnd: '2026-04-09',
      end: '2026-04-09',
    });
  });

  it('counts for the extended period too', () => {
    const pauses = [pause('2026-03-04', '2026-03-11')];
    expect(extendedAnswerDeadline(day('2026-03-02'), { pauses }).end).toBe('2026-06-09');
  });

  it('asked on the fifth working day stops the clock, on the sixth not', () => {
    expect(lastDayToAskForIdentity(day('2026-03-02'))).toBe('2026-03-09');
    const inTime = [pause('2026-03-09', '2026-03-12')];
    expect(answerDeadline(day('2026-03-02'), { pauses: inTime }).rawEnd).toBe('2026-04-05');
    const late = [pause('2026-03-10', '2026-03-12')];
    expect(answerDeadline(day('2026-03-02'), { pauses: late })).toMatchObject({
      pauses: [{ asked: '2026-03-10', answered: '2026-03-12', days: 0 }],
      rawEnd: '2026-04-02',
    });
    // Holidays do not count among the five: 2 April, then 7 to 10 April.
    expect(lastDayToAskForIdentity(day('2026-04-01'))).toBe('2026-04-10');
  });

  it('that overlaps another stops each day once', () => {
    const pauses = [
      pause('2026-03-06', '2026-03-14'),
      pause('2026-03-04', '2026-03-11'),
      pause('2026-03-05', '2026-03-07'),
    ];
    const deadline = answerDeadline(day('2026-03-02'), { pauses });
    expect(deadline.pauses?.map(({ asked, days: counted }) => [asked, counted])).toEqual([
      ['2026-03-04', 7],
      ['2026-03-05', 0],
      ['2026-03-06', 3],
    ]);
    expect(deadline.rawEnd).toBe('2026-04-12');
  });

  it('with impossible days is refused', () => {
    const received = day('2026-03-02');
    const before = [pause('2026-03-01', '2026-03-04')];
    expect(() => answerDeadline(received, { pauses: before })).toThrow(RangeError);
    const backwards = [pause('2026-03-05', '2026-03-04')];
    expect(() => answerDeadline(received, { pauses: backwards })).toThrow(RangeError);
  });
});

describe('every deadline', () => {
  const clocks = fc.constantFrom(
    { months: 1, clock: answerDeadline },
    { months: 3, clock: extendedAnswerDeadline },
  );
  const delays = fc.array(
    fc.record({ ask: fc.integer({ min: 0, max: 20 }), wait: fc.integer({ min: 0, max: 40 }) }),
    { maxLength: 4 },
  );
  const pausesOf = (received: LocalDate, of: readonly { ask: number; wait: number }[]): Pause[] =>
    of.map(({ ask, wait }) => {
      const asked = addDays(received, ask);
      return { asked, answered: addDays(asked, wait) };
    });

  it('is a working day, and as many days after the raw end as days off explain', () => {
    fc.assert(
      fc.property(days, clocks, delays, (received, { months, clock }, delay) => {
        const deadline: Deadline = clock(received, { pauses: pausesOf(received, delay) });
        const moved = deadline.movedBecause ?? [];
        expect(isWorkingDay(deadline.end)).toBe(true);
        expect(daysBetween(deadline.rawEnd, deadline.end)).toBe(moved.length);
        const paused = (deadline.pauses ?? []).reduce((sum, counted) => sum + counted.days, 0);
        expect(daysBetween(addMonths(received, months), deadline.rawEnd)).toBe(paused);
      }),
    );
  });

  it('never comes earlier for what was received later', () => {
    fc.assert(
      fc.property(days, fc.nat(70), clocks, (received, later, { clock }) => {
        expect(clock(received).end <= clock(addDays(received, later)).end).toBe(true);
      }),
    );
  });

  it('stops for exactly the days that some check in time was open', () => {
    fc.assert(
      fc.property(days, delays, (received, delay) => {
        const pauses = pausesOf(received, delay);
        const open = new Set<string>();
        for (const { asked, answered } of pauses) {
          if (asked > lastDayToAskForIdentity(received)) continue;
          for (let on = asked; on < answered; on = addDays(on, 1)) open.add(on);
        }
        const { rawEnd } = answerDeadline(received, { pauses });
        expect(daysBetween(answerDeadline(received).rawEnd, rawEnd)).toBe(open.size);
      }),
    );
  });

  it('extended comes after the first one', () => {
    fc.assert(
      fc.property(days, (received) => {
        expect(answerDeadline(received).end < extendedAnswerDeadline(received).end).toBe(true);
      }),
    );
  });
});
