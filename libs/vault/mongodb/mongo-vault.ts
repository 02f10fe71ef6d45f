import type { Clock, KekId, LedgerId } from '#kernel';
import {
  claimStore,
  openMeta,
  openMongoStore,
  type MongoStore,
  type MongoStoreOptions,
} from '#mongo-store';

import type { VaultCopying } from '../copying.js';
import type { KekStore } from '../kek.js';
import type { VaultStore } from '../port.js';
import type { KekRotation, RotationSettings } from '../rotation.js';
import { LedgerCell, STALE_MILLIS, type Engine } from './engine.js';
import { KekRing } from './kek-ring.js';
import { MongoCopying } from './mongo-copying.js';
import { MongoKeys } from './mongo-keys.js';
import { MongoLeases, MongoPresence } from './mongo-leases.js';
import { MongoRotation } from './mongo-rotation.js';
import { MongoSecrets } from './mongo-secrets.js';
import { MongoCredentials, MongoNotes, MongoReservations } from './mongo-stores.js';
import { Rewrapping } from './rewrapping.js';
import { FORMAT, instantDate, makeIndexes, PART, ROWS } from './schema.js';

export interface MongoVaultOptions extends MongoStoreOptions {
  readonly keks: KekStore;
  readonly clock: Clock;
  readonly rotation: RotationSettings;
  /**
   * What leases and presence go by. Default: the time of the server, which is one for all processes;
   * a clock is for tests that move it.
   */
  readonly time?: Clock;
}

/** A vault in a MongoDB database, which many processes may have open. Backups are MongoDB's own. */
export interface MongoVault extends VaultStore {
  readonly rotation: KekRotation;
  readonly copying: VaultCopying;
}

/**
 * Opens the vault's database, and makes it if it is not there: whether that is a first start or a
 * vault that is elsewhere is the caller's to know. An empty one has no ledger and no KEK until `claim`.
 * @throws InvalidInput, IntegrityError `format-newer`, `mongodb-standalone`; Outage
 */
export async function openMongoVault(url: string, options: MongoVaultOptions): Promise<MongoVault> {
  const store = await openMongoStore(PART, url, options);
  try {
    await openMeta(store, FORMAT);
    await makeIndexes(store);
  } catch (error) {
    await store.close();
    throw error;
  }
  return vaultOf(engineOf(store, options), options);
}

function engineOf(store: MongoStore, { keks, clock, time }: MongoVaultOptions): Engine {
  return {
    store,
    rows: { keys: store.db.collection(ROWS.keys), secrets: store.db.collection(ROWS.secrets) },
    keks: new KekRing(store, keks),
    ledger: new LedgerCell(store),
    clock,
    now: () => (time === undefined ? '$$NOW' : instantDate(time.now())),
  };
}

function vaultOf(engine: Engine, options: MongoVaultOptions): MongoVault {
  const rewrapping = new Rewrapping(engine);
  return {
    vault: new MongoKeys(engine, rewrapping),
    secrets: new MongoSecrets(engine, rewrapping),
    reservations: new MongoReservations(engine),
    leases: new MongoLeases(engine),
    presence: new MongoPresence(engine),
    credentials: new MongoCredentials(engine),
    notes: new MongoNotes(engine),
    staleMillis: STALE_MILLIS,
    rotation: new MongoRotation(engine, rewrapping, options.keks, options.rotation),
    copying: new MongoCopying(engine),
    ledgerId: () => engine.ledger.read(),
    claim: async (ledger: LedgerId, kek: KekId) => {
      const first = { id: kek, createdAt: instantDate(engine.clock.now()) };
      const more = { current: kek, keks: [first], graves: 0 };
      await claimStore(engine.store, { format: FORMAT, ledger }, more);
    },
    close: async () => {
      await engine.store.close();
      engine.keks.clear();
    },
  };
}
