import { IntegrityError, type Clock, type LedgerId } from '#kernel';

import type { VaultStore } from '../port.js';
import { MemoryKeys } from './memory-keys.js';
import {
  MemoryCredentials,
  MemoryLeases,
  MemoryNotes,
  MemoryPresence,
  MemoryReservations,
  MemorySecrets,
} from './memory-stores.js';

export { MemoryAnchor } from './memory-anchor.js';

/**
 * A vault for tests: nothing survives the process.
 * @param ledger given, the vault is claimed from the start
 */
export function memoryVault(clock: Clock, ledger?: LedgerId): VaultStore {
  let claimed = ledger;
  return {
    vault: new MemoryKeys(clock, () => claimed !== undefined),
    secrets: new MemorySecrets(),
    reservations: new MemoryReservations(),
    leases: new MemoryLeases(clock),
    presence: new MemoryPresence(clock),
    credentials: new MemoryCredentials(),
    notes: new MemoryNotes(),
    staleMillis: 0,
    ledgerId: async () => claimed,
    claim: async (id) => {
      if (claimed !== undefined && claimed !== id) {
        throw new IntegrityError('ledger-id-differs', 'the vault is of another ledger');
      }
      claimed = id;
    },
    close: async () => undefined,
  };
}
