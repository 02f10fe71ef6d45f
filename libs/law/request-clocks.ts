import { addDays, addMonths, compareDates, daysBetween } from './local-date.js';
import type { LocalDate } from './local-date.js';
import { addWorkingDays, dayOff, nextWorkingDay } from './working-days.js';
import type { DayOff } from './working-days.js';

/** Which period a deadline comes from. */
export type DeadlineRule = 'answer-within-one-month' | 'answer-within-three-months';

/**
 * An identity check that the person has answered (Art. 12(6) GDPR). One that is not answered yet is
 * not a pause yet: the deadline is calculated anew when the answer comes.
 */
export type Pause = Readonly<{ asked: LocalDate; answered: LocalDate }>;

/** A pause, and the whole days by which it moves the end: 0 where it was asked too late. */
export type CountedPause = Pause & Readonly<{ days: number }>;

/**
 * The last day of a period, and how it was found. It is stored with the deadline, and calculated
 * anew only because something happened. The period ends at 24:00 of `end`, Helsinki time.
 */
export type Deadline = Readonly<{
  /** The day of receipt, which itself is not counted. */
  from: LocalDate;
  rule: DeadlineRule;
  /** The articles that the rule stands in. */
  source: string;
  /** The identity checks that were known, if there were any. */
  pauses?: readonly CountedPause[];
  /** The months from `from`, and the days of the pauses. */
  rawEnd: LocalDate;
  /** What each day from `rawEnd` on is, up to the day before `end`. Left out if nothing moved. */
  movedBecause?: readonly DayOff[];
  end: LocalDate;
}>;

/** What a request's clock depends on besides the day of receipt. */
export interface ClockOptions {
  readonly pauses?: readonly Pause[];
}

/** An identity check stops the clock only if it is asked for "without delay": within these. */
const CHECK_WITHIN_WORKING_DAYS = 5;
const PERIODS = 'Reg. (EEC, Euratom) 1182/71, Art. 3(1), 3(2)(c) and 3(4)';

/**
 * The last day for an answer to a request of a data subject: one month from receipt (Art. 12(3)
 * GDPR). It is also the last day to tell of an extension.
 * @throws RangeError for a pause that begins before receipt or ends before it begins
 */
export function answerDeadline(received: LocalDate, options: ClockOptions = {}): Deadline {
  return monthsAfter(received, 1, {
    rule: 'answer-within-one-month',
    source: `GDPR Art. 12(3); ${PERIODS}`,
    pauses: options.pauses ?? [],
  });
}

/**
 * The last day for an answer after an extension by two further months (Art. 12(3) GDPR): three
 * months from receipt, calculated from receipt and never from the first deadline.
 * @throws RangeError for a pause that begins before receipt or ends before it begins
 */
export function extendedAnswerDeadline(received: LocalDate, options: ClockOptions = {}): Deadline {
  return monthsAfter(received, 3, {
    rule: 'answer-within-three-months',
    source: `GDPR Art. 12(3), second sentence; ${PERIODS}`,
    pauses: options.pauses ?? [],
  });
}

/** The last day on which asking for a proof of identity still stops the clock. */
export function lastDayToAskForIdentity(received: LocalDate): LocalDate {
  return addWorkingDays(received, CHECK_WITHIN_WORKING_DAYS);
}

interface Period {
  readonly rule: DeadlineRule;
  readonly source: string;
  readonly pauses: readonly Pause[];
}

function monthsAfter(received: LocalDate, months: number, period: Period): Deadline {
  const pauses = countPauses(received, period.pauses);
  const paused = pauses.reduce((days, pause) => days + pause.days, 0);
  const rawEnd = addDays(addMonths(received, months), paused);
  const end = nextWorkingDay(rawEnd);
  return {
    from: received,
    rule: period.rule,
    source: pauses.length === 0 ? period.source : `${period.source}; GDPR Art. 12(6)`,
    ...(pauses.length === 0 ? {} : { pauses }),
    rawEnd,
    ...(end === rawEnd ? {} : { movedBecause: daysOffBetween(rawEnd, end) }),
    end,
  };
}

/** In order of asking. A day that lies in two pauses is counted once, in the first of them. */
function countPauses(received: LocalDate, pauses: readonly Pause[]): readonly CountedPause[] {
  const lastDayToAsk = lastDayToAskForIdentity(received);
  let counted = received;
  return [...pauses]
    .sort((a, b) => compareDates(a.asked, b.asked))
    .map(({ asked, answered }) => {
      if (asked < received) throw new RangeError('a pause begins before receipt');
      if (answered < asked) throw new RangeError('a pause ends before it begins');
      if (asked > lastDayToAsk) return { asked, answered, days: 0 };
      const from = asked < counted ? counted : asked;
      const days = Math.max(0, daysBetween(from, answered));
      if (answered > counted) counted = answered;
      return { asked, answered, days };
    });
}

/** What the days from the first up to, and without, the last are. */
function daysOffBetween(first: LocalDate, last: LocalDate): readonly DayOff[] {
  const found: DayOff[] = [];
  for (let day = first; day < last; day = addDays(day, 1)) {
    const why = dayOff(day);
    if (why !== undefined) found.push(why);
  }
  return found;
}
