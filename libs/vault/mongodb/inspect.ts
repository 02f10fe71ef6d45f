import { instantOf, type Clock } from '#kernel';
import { metaOf, openMeta, openMongoStore, type MongoStore } from '#mongo-store';

import type { InspectedVault, NamedKek } from '../inspection.js';
import type { KekStore } from '../kek.js';
import { LedgerCell, type Engine } from './engine.js';
import { KekRing } from './kek-ring.js';
import { MongoLeases, MongoPresence } from './mongo-leases.js';
import type { MongoVaultOptions } from './mongo-vault.js';
import { FORMAT, PART, ROWS, type KekRow, type VaultMeta } from './schema.js';

/** A name that no process has. */
const NOBODY = '';

/**
 * Looks at a vault in a database, and writes nothing, no index either.
 * @returns undefined where there is no vault
 * @throws InvalidInput, IntegrityError, Outage as `openMongoVault`
 */
export async function inspectMongoVault(
  url: string,
  options: Required<Pick<MongoVaultOptions, 'keks' | 'clock' | 'database' | 'variable'>>,
): Promise<InspectedVault | undefined> {
  const store = await openMongoStore(PART, url, options);
  try {
    await openMeta(store, FORMAT);
    const meta = await metaOf<VaultMeta>(store);
    if (meta === undefined) return undefined;
    const engine = engineOn(store, options);
    return {
      ledger: meta.ledger,
      keks: await Promise.all(meta.keks.map((kek) => namedKek(engine, kek, meta))),
      leases: await new MongoLeases(engine).list(),
      present: await new MongoPresence(engine).others(NOBODY),
    };
  } finally {
    await store.close();
  }
}

function engineOn(
  store: MongoStore,
  { keks, clock }: { readonly keks: KekStore; readonly clock: Clock },
): Engine {
  return {
    store,
    rows: { keys: store.db.collection(ROWS.keys), secrets: store.db.collection(ROWS.secrets) },
    keks: new KekRing(store, keks),
    ledger: new LedgerCell(store),
    clock,
    now: () => '$$NOW',
  };
}

async function namedKek(
  { store, rows }: Engine,
  { id, createdAt, rotatedAt, dueAt, retiredAt }: KekRow,
  { current }: VaultMeta,
): Promise<NamedKek> {
  const isInUse = await store.run(
    async () =>
      (await rows.keys.findOne({ kek: id }, { projection: { _id: 1 } })) !== null ||
      (await rows.secrets.findOne({ kek: id }, { projection: { _id: 1 } })) !== null,
  );
  const ended = retiredAt === undefined ? 'retiring' : 'retired';
  return {
    id,
    state: id === current ? 'current' : ended,
    createdAt: instantOf(createdAt),
    ...(rotatedAt === undefined ? {} : { rotatedAt: instantOf(rotatedAt) }),
    ...(dueAt === undefined ? {} : { dueAt: instantOf(dueAt) }),
    ...(retiredAt === undefined ? {} : { retiredAt: instantOf(retiredAt) }),
    isInUse,
  };
}
