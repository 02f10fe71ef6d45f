import { absent } from './absent.js';
import type { Check } from './check.js';
import { ok } from './check.js';
import type { Patient } from './patient.js';
import { plural } from './texts.js';

/** Whether the anchor can be read, and is a ledger's. */
export async function lookAtAnchor(patient: Patient): Promise<readonly Check[]> {
  const code = 'anchor';
  const { ledger, keys, isWhole } = await patient.anchor();
  if (ledger === undefined) return [await absent(patient, code, 'anchor')];
  const count = `${isWhole ? '' : 'more than '}${plural(keys, 'destroyed key')}`;
  return [ok(code, `of ledger ${ledger}; ${count}, each line as it was written`)];
}
