import type { Check } from './check.js';
import { failure, skipped } from './check.js';
import type { Patient } from './patient.js';

/** What is found where a part is not there: before a first start that is as it should be. */
export async function absent(patient: Patient, code: string, what: string): Promise<Check> {
  switch (await patient.standing()) {
    case 'none':
      return skipped(code, 'there is no ledger yet');
    case 'unknown':
      return skipped(
        code,
        `there is no ${what}; whether there is a ledger, those that are out know`,
      );
    case 'some':
      return failure(code, {
        seen: `there is no ${what}, and other parts of a ledger are here (store-missing)`,
        mend:
          'mount what is not mounted, or put it back from its backup; a server refuses to start ' +
          'until then',
      });
  }
}
