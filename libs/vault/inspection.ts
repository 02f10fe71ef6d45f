import type { LedgerId } from '#kernel';

import type { Lease, Living } from './port.js';
import type { KekStatus } from './rotation.js';

/** A KEK that a vault names, as far as it can be told without counting. */
export interface NamedKek extends Omit<KekStatus, 'liveRows' | 'overdue'> {
  /** Whether anything is wrapped under it now. */
  readonly isInUse: boolean;
}

/** What a vault says of itself to one who only looks: nothing was opened, unwrapped or written. */
export interface InspectedVault {
  readonly ledger: LedgerId | undefined;
  /** Oldest first. */
  readonly keks: readonly NamedKek[];
  /** Those that are held now. */
  readonly leases: readonly Lease[];
  /** Processes that may hold keys now. */
  readonly present: readonly Living[];
}
