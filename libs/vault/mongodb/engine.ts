import type { Collection } from 'mongodb';

import { faultPoint, type Clock, type LedgerId } from '#kernel';
import { metaOf, type MongoStore } from '#mongo-store';

import type { KekRing } from './kek-ring.js';
import { unclaimed, type KeyRow, type Now, type SecretRow, type VaultMeta } from './schema.js';

/**
 * How old what a read is sure to know may be: a primary that was cut off gives nothing that was fenced
 * or revoked longer ago. Once in this time a process that reads pays for a linearizable read.
 */
export const STALE_MILLIS = 1_000;

/** What the parts of an open vault share. */
export interface Engine {
  readonly store: MongoStore;
  readonly rows: VaultRows;
  readonly keks: KekRing;
  readonly ledger: LedgerCell;
  readonly clock: Clock;
  /** The time that leases and presence go by. */
  readonly now: Now;
}

/** The collections that hold wrapped keys. */
export interface VaultRows {
  readonly keys: Collection<KeyRow>;
  readonly secrets: Collection<SecretRow>;
}

/** Writes, with the places where the crash tests end the process. */
export async function writing<T>(engine: Engine, work: () => Promise<T>): Promise<T> {
  faultPoint('vault.before-commit');
  const written = await engine.store.run(work);
  faultPoint('vault.after-commit');
  return written;
}

/** The ledger's id, which every wrapped key is bound to. It is set once, so it is read once. */
export class LedgerCell {
  #id: LedgerId | undefined;

  constructor(private readonly store: MongoStore) {}

  async read(): Promise<LedgerId | undefined> {
    this.#id ??= (await metaOf<VaultMeta>(this.store))?.ledger;
    return this.#id;
  }

  /** @throws IntegrityError `vault-unclaimed` */
  async get(): Promise<LedgerId> {
    const id = await this.read();
    if (id === undefined) throw unclaimed();
    return id;
  }
}
