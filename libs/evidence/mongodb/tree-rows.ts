import { Binary, type Collection, type Db } from 'mongodb';

import type { EventId } from '#kernel';
import { inChunks, INDEXING, writeErrorsOf, type MongoStore } from '#mongo-store';

import type { LeafEntry, TileId, TreeExtension } from '../port.js';
import {
  bytesAt,
  leavesIn,
  nameOf,
  OF_GENERATION,
  tilesIn,
  type LeafRow,
  type TileRow,
  type TreeRow,
} from './schema.js';

/** Which tree is read, and how far. */
type Extent = Pick<TreeRow, 'generation' | 'size'>;

/** Leaves and tiles. Whatever is stored beyond the tree's size is not there for who reads. */
export class TreeRows {
  #indexed: number | undefined;

  constructor(private readonly store: MongoStore) {}

  /**
   * Writes what an extension consists of. A row of an earlier turn gives way; one of a later turn stays,
   * and then this extension comes to no end.
   */
  async write({ generation, turn }: TreeRow, extension: TreeExtension): Promise<void> {
    await this.#makeIndex(generation);
    const { from, leaves, tiles } = extension;
    const leafRows = leaves.map(({ id, position }, at) => ({ _id: from + at, id, position, turn }));
    const putLeaves = this.#put(
      leafRows,
      (db, part) => leavesOf(db, generation).insertMany([...part], UNORDERED),
      (db, part) => leavesOf(db, generation).bulkWrite(part.map(leafInPlace), UNORDERED),
    );
    const tileRows = tiles.map((tile) => ({
      _id: nameOf(tile),
      hashes: new Binary(tile.hashes),
      turn,
    }));
    const putTiles = (upsert: boolean) => (db: Db, part: readonly TileRow[]) =>
      tilesOf(db, generation).bulkWrite(
        part.map((row) => tileInPlace(row, upsert)),
        UNORDERED,
      );
    await Promise.all([putLeaves, this.#put(tileRows, putTiles(true), putTiles(false))]);
  }

  async tiles({ generation, size }: Extent, wanted: readonly TileId[]) {
    const parts = await inChunks([...new Set(wanted.map(nameOf))], (names) =>
      this.store.run((db) =>
        tilesOf(db, generation)
          .find({ _id: { $in: [...names] } })
          .toArray(),
      ),
    );
    const found = new Map(parts.flat().map(({ _id, hashes }) => [_id, bytesOf(hashes)]));
    return wanted.map((tile) => {
      const width = bytesAt(size, tile);
      return width === 0 ? undefined : found.get(nameOf(tile))?.subarray(0, width);
    });
  }

  async indexOf({ generation, size }: Extent, ids: readonly EventId[]) {
    const found = new Map<EventId, number>();
    await inChunks(ids, async (part) => {
      const within = { id: { $in: [...part] }, _id: { $lt: size } };
      const rows = await this.store.run((db) =>
        leavesOf(db, generation)
          .find(within, { projection: { id: 1 } })
          .toArray(),
      );
      for (const { _id, id } of rows) found.set(id, Math.min(_id, found.get(id) ?? _id));
    });
    return found;
  }

  async leaves(
    { generation, size }: Extent,
    from: number,
    limit: number,
  ): Promise<readonly LeafEntry[]> {
    const to = Math.min(size, from + limit);
    if (to <= from) return [];
    const rows = await this.store.run((db) =>
      leavesOf(db, generation)
        .find({ _id: { $gte: from, $lt: to } })
        .sort({ _id: 1 })
        .toArray(),
    );
    return rows.map(({ id, position }) => ({ id, position }));
  }

  /** Clears away the trees before, also what a writer that was overtaken has made of them since. */
  async dropBefore(generation: number): Promise<void> {
    const listed = await this.store.run((db) =>
      db.listCollections({}, { nameOnly: true }).toArray(),
    );
    for (const { name } of listed) {
      const of = OF_GENERATION.exec(name)?.[1];
      if (of === undefined || Number(of) >= generation) continue;
      await this.store.patiently((db) => db.dropCollection(name));
    }
  }

  /**
   * Writes rows. Those that are found to be there already are replaced, if they are of an earlier turn:
   * leaves of an extension that was cut short, or what another has written at the same time.
   */
  async #put<Row>(
    rows: readonly Row[],
    write: (db: Db, part: readonly Row[]) => Promise<unknown>,
    replace: (db: Db, part: readonly Row[]) => Promise<unknown>,
  ): Promise<void> {
    await inChunks(rows, (part) =>
      this.store.run(async (db) => {
        const standing = await duplicatesOf(() => write(db, part));
        const again = part.filter((_, at) => standing.has(at));
        if (again.length > 0) await replace(db, again);
      }),
    );
  }

  /** Once for each generation of this process, before there are leaves. */
  async #makeIndex(generation: number): Promise<void> {
    if (this.#indexed === generation) return;
    await this.store.patiently((db) =>
      leavesOf(db, generation).createIndexes([{ key: { id: 1 } }], INDEXING),
    );
    this.#indexed = generation;
  }
}

const UNORDERED = { ordered: false } as const;

function leafInPlace({ _id, ...replacement }: LeafRow) {
  return { replaceOne: { filter: { _id, turn: { $lt: replacement.turn } }, replacement } };
}

function tileInPlace({ _id, ...replacement }: TileRow, upsert: boolean) {
  return { replaceOne: { filter: { _id, turn: { $lt: replacement.turn } }, replacement, upsert } };
}

/** Which of the writes found that a row is there already, the others being done. */
async function duplicatesOf(work: () => Promise<unknown>): Promise<ReadonlySet<number>> {
  try {
    await work();
    return new Set();
  } catch (error) {
    const refused = writeErrorsOf(error);
    if (!refused.every(({ duplicate }) => duplicate)) throw error;
    return new Set(refused.map(({ index }) => index));
  }
}

/** As they are stored, perhaps by somebody else: the caller compares. */
function bytesOf(hashes: unknown): Buffer {
  return hashes instanceof Binary ? Buffer.from(hashes.value()) : Buffer.alloc(0);
}

function leavesOf(db: Db, generation: number): Collection<LeafRow> {
  return db.collection(leavesIn(generation));
}

function tilesOf(db: Db, generation: number): Collection<TileRow> {
  return db.collection(tilesIn(generation));
}
