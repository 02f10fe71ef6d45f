import { randomId, type Category, type KeyId, type LedgerId, type Scope } from '#kernel';

import type { KeyWanted, LiveKey, Provisioned, VaultStore } from '../port.js';
import type { ManualClock } from './manual-clock.js';

/** A claimed vault to be tested, empty but for that. */
export interface VaultUnderTest {
  readonly store: VaultStore;
  readonly ledger: LedgerId;
  readonly clock: ManualClock;
  /** The same vault as another process has it open; left out where an engine has only one. */
  readonly other?: () => Promise<VaultStore>;
  /** Closes the vault and opens it again; left out where nothing survives that. */
  readonly reopen?: () => Promise<VaultStore>;
  /** Ends everything that was opened. */
  close(): Promise<void>;
}

export type OpenVault = () => Promise<VaultUnderTest>;

export const scope = (name: string) => name as Scope;

/** Coordinates of a key of a new subject, unless one is given. */
export function wantedKey(over: Partial<KeyWanted> = {}): KeyWanted {
  const category: Category = 'contact';
  return { subject: randomId(), category, scope: scope('g1'), ...over };
}

/** The live key of an answer; throws for any other. */
export function live(state: Provisioned | { readonly state: 'missing' } | undefined): LiveKey {
  if (state?.state !== 'live')
    throw new Error(`expected a live key, found ${String(state?.state)}`);
  return state;
}

/** Provisions one key. */
export async function provisionOne(store: VaultStore, wanted = wantedKey()): Promise<LiveKey> {
  const [made] = await store.vault.provision([wanted]);
  return live(made);
}

/** What the vault says of one key. */
export async function stateOfKey(store: VaultStore, key: KeyId) {
  return (await store.vault.unwrap([key])).get(key);
}
