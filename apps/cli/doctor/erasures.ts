import { millisOf } from '#kernel';

import type { Check } from './check.js';
import { failure, ok, skipped } from './check.js';
import type { Patient } from './patient.js';
import { needed } from './patient.js';
import { plural, spanText } from './texts.js';

const LONG_MILLIS = 10 * 60 * 1_000;

/** Keys that were ended and are still to be destroyed: of erasures, and of what was put right. */
export async function lookAtErasures(patient: Patient): Promise<readonly Check[]> {
  const code = 'erasures';
  const { endings } = await needed('views', patient.views());
  if (endings === undefined) return [skipped(code, 'the view that tells them is being made')];
  const { count, oldest } = endings;
  if (oldest === undefined) return [ok(code, 'none is under way')];
  const age = millisOf(patient.clock.now()) - millisOf(oldest);
  const seen = `${plural(count, 'ending')} of keys under way, the oldest for ${spanText(Math.max(0, age))}`;
  if (age <= LONG_MILLIS) return [ok(code, seen)];
  return [
    failure(code, {
      seen: `${seen}: something keeps people from being forgotten`,
      mend:
        'mend what fails above (views parked or behind, a store out, nobody who erases); ' +
        'ledger erasures list shows the cases; they go on by themselves',
    }),
  ];
}
