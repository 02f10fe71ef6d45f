import { randomId, type LedgerId } from '#kernel';

import { ManualClock, vaultContract } from '../contract/index.js';
import { memoryVault } from './index.js';

vaultContract('memory', async () => {
  const clock = new ManualClock();
  const ledger = randomId<LedgerId>();
  const store = memoryVault(clock, ledger);
  return { store, ledger, clock, close: () => store.close() };
});
