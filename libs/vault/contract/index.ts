import { afterEach, beforeEach, describe } from '@jest/globals';

import type { OpenVault, VaultUnderTest } from './fixture.js';
import { destructionCases, keyCases } from './keys.js';
import {
  credentialCases,
  leaseCases,
  presenceCases,
  reservationCases,
  secretCases,
} from './stores.js';

export * from './anchor.js';
export * from './copying.js';
export { ManualClock } from './manual-clock.js';
export * from './fixture.js';
export * from './rotation.js';

/** What every vault must do, whatever its engine. Each case gets a vault of its own. */
export function vaultContract(name: string, open: OpenVault): void {
  describe(`${name}: the contract of a vault`, () => {
    let tested: VaultUnderTest;
    beforeEach(async () => {
      tested = await open();
    });
    afterEach(() => tested.close());
    const current = () => tested;
    keyCases(current);
    destructionCases(current);
    secretCases(current);
    reservationCases(current);
    leaseCases(current);
    presenceCases(current);
    credentialCases(current);
  });
}
