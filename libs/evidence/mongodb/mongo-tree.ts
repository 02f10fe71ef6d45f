import type { EventId, LedgerId } from '#kernel';
import {
  claimStore,
  metaOf,
  openMeta,
  openMongoStore,
  type MongoStore,
  type MongoStoreOptions,
} from '#mongo-store';

import { assertDone } from '../extension.js';
import { reach } from '../fault-points.js';
import {
  MOST_LEAVES,
  type LeafEntry,
  type TileId,
  type TreeExtension,
  type TreeState,
  type TreeStore,
} from '../port.js';
import { FORMAT, PART, type TreeRow } from './schema.js';
import { TreeDocument } from './tree-document.js';
import { TreeRows } from './tree-rows.js';

export type MongoTreeOptions = MongoStoreOptions;

/**
 * The tree in a MongoDB database, which many processes may have open. Leaves and tiles are written
 * first, the document that says how far the tree is comes last: no transaction is needed.
 */
export class MongoTree implements TreeStore {
  readonly #document: TreeDocument;
  readonly #rows: TreeRows;

  /** @param store which it will close. Use {@link openMongoTree} */
  constructor(private readonly store: MongoStore) {
    this.#document = new TreeDocument(store);
    this.#rows = new TreeRows(store);
  }

  async ledgerId(): Promise<LedgerId | undefined> {
    // Written by `claim` alone.
    return (await metaOf(this.store))?.ledger as LedgerId | undefined;
  }

  claim(ledger: LedgerId): Promise<void> {
    return claimStore(this.store, { format: FORMAT, ledger });
  }

  async state(): Promise<TreeState> {
    const { size, position } = await this.#document.read();
    return { size, position };
  }

  async extend(extension: TreeExtension, epoch: number): Promise<void> {
    const begun = await this.#document.begin(epoch);
    if (begun.size !== extension.from) return this.#assertDone(extension, begun);
    await this.#rows.write(begun, extension);
    reach('evidence.before-state');
    if (await this.#document.end(begun, extension)) return;
    // Another has begun since. Where it has added the very same leaves, they are there.
    await this.#assertDone(extension, await this.#document.read());
  }

  async tiles(wanted: readonly TileId[]): Promise<readonly (Buffer | undefined)[]> {
    return this.#rows.tiles(await this.#document.read(), wanted);
  }

  async indexOf(ids: readonly EventId[]): Promise<ReadonlyMap<EventId, number>> {
    return this.#rows.indexOf(await this.#document.read(), ids);
  }

  async leaves(from: number, limit: number): Promise<readonly LeafEntry[]> {
    return this.#rows.leaves(await this.#document.read(), from, Math.min(limit, MOST_LEAVES));
  }

  async checkpoint(): Promise<string | undefined> {
    return (await this.#document.read()).checkpoint;
  }

  setCheckpoint(note: string, epoch: number): Promise<void> {
    return this.#document.setCheckpoint(note, epoch);
  }

  doubt(): Promise<void> {
    return this.#document.doubt();
  }

  async isDoubted(): Promise<boolean> {
    return (await this.#document.read()).doubted;
  }

  async renew(epoch: number): Promise<void> {
    const { generation } = await this.#document.renew(epoch);
    await this.#rows.dropBefore(generation);
  }

  close(): Promise<void> {
    return this.store.close();
  }

  async #assertDone(extension: TreeExtension, row: TreeRow): Promise<void> {
    const { from, leaves } = extension;
    assertDone(extension, row.size, await this.#rows.leaves(row, from, leaves.length));
  }
}

/**
 * Opens the tree in a database, which need not exist. The user needs the role `readWrite` on it.
 * @throws InvalidInput, IntegrityError `format-newer`, `mongodb-standalone`; Outage
 */
export async function openMongoTree(url: string, options: MongoTreeOptions): Promise<MongoTree> {
  const store = await openMongoStore(PART, url, options);
  try {
    await openMeta(store, FORMAT);
  } catch (error) {
    await store.close();
    throw error;
  }
  return new MongoTree(store);
}
