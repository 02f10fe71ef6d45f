import { millisOf, START } from '#kernel';

import { absent } from './absent.js';
import type { Check } from './check.js';
import { failure, NotLooked, ok } from './check.js';
import type { Patient } from './patient.js';
import { needed } from './patient.js';
import { spanText } from './texts.js';

/** Clocks of processes may differ by so much without harm. */
const SKEW_MILLIS = 1_000;

/** Whether the log answers, whose it is and how far it is. */
export async function lookAtLog(patient: Patient): Promise<readonly Check[]> {
  const code = 'event-log';
  const seen = await patient.log();
  if (seen?.ledger === undefined) return [await absent(patient, code, 'event log')];
  const { ledger, head, newestAt } = seen;
  const newest = head === START ? 'no event yet' : `newest position ${head}, ${newestAt ?? ''}`;
  return [ok(code, `of ledger ${ledger}; ${newest}`)];
}

/** What is recorded now would stand before what was recorded, to whoever goes by time. */
export async function lookAtClock(patient: Patient): Promise<readonly Check[]> {
  const code = 'clock';
  const { newestAt } = await needed('event log', patient.log());
  if (newestAt === undefined) throw new NotLooked('no event tells the time yet');
  const ahead = millisOf(newestAt) - millisOf(patient.clock.now());
  if (ahead <= SKEW_MILLIS) return [ok(code, `${patient.clock.now()}, after the newest event`)];
  return [
    failure(code, {
      seen: `this machine's clock is ${spanText(ahead)} behind the newest event (${newestAt})`,
      mend: 'set the clock (NTP) before anything is written: dates, holds and KEKs go by it',
    }),
  ];
}
