import type { WitnessPolicy } from '#evidence';
import { readPolicy } from '#evidence';

import { DECLARED, type Settings } from './settings.js';

/** The policy of the settings. @throws InvalidInput */
export function policyOfSettings(settings: Settings): Promise<WitnessPolicy> {
  return readPolicy(settings.witnesses, settings.witnessQuorum, {
    witnesses: DECLARED.witnesses.variable,
    quorum: DECLARED.witnessQuorum.variable,
  });
}
