import { metaOf, openMeta, openMongoStore } from '#mongo-store';

import type { KeyStates } from '../port.js';
import { statesOfKeys } from './key-states.js';
import type { MongoVaultOptions } from './mongo-vault.js';
import { FORMAT, PART } from './schema.js';

/**
 * Asks a vault in a database for states of keys, and writes nothing.
 * @returns undefined where there is no vault
 * @throws InvalidInput, IntegrityError, Outage as `openMongoVault`
 */
export async function inspectMongoKeys<T>(
  url: string,
  options: Required<Pick<MongoVaultOptions, 'database' | 'variable'>>,
  work: (keys: KeyStates) => Promise<T>,
): Promise<T | undefined> {
  const store = await openMongoStore(PART, url, options);
  try {
    await openMeta(store, FORMAT);
    if ((await metaOf(store)) === undefined) return undefined;
    return await work({ states: (keys) => statesOfKeys(store, keys) });
  } finally {
    await store.close();
  }
}
