import { setImmediate as yieldToOthers } from 'node:timers/promises';

import { Outage, type EventId, type LedgerId } from '#kernel';
import {
  BUSY_LIMIT_MILLIS,
  claimFor,
  closeDatabase,
  GroupCommit,
  ledgerIdOf,
  openDatabase,
  openReader,
  whileBusy,
  type Database,
} from '#sqlite-file';

import { assertDone, assertEpoch } from '../extension.js';
import { reach } from '../fault-points.js';
import {
  MOST_LEAVES,
  type LeafEntry,
  type TileId,
  type TreeExtension,
  type TreeState,
  type TreeStore,
} from '../port.js';
import { IdReader, IdWriter } from './id-index.js';
import { PART, TREE_FORMAT } from './schema.js';
import { positionOf } from './leaf-tiles.js';
import { TreeReader, TreeWriter, type TreeRow } from './tree-rows.js';

/** Ids that are looked for without letting others go first. */
const AT_ONCE = 250;

export interface SqliteTreeOptions {
  /** How long to wait for another process's lock. Default 5 s. */
  readonly busyLimitMillis?: number;
}

/** The tree in an SQLite file, which several processes may have open. */
export class SqliteTree implements TreeStore {
  readonly #writing: Database;
  readonly #reading: Database;
  readonly #commit: GroupCommit;
  readonly #busyLimitMillis: number;
  readonly #rows: TreeWriter;
  readonly #ids: IdWriter;
  /** What stands, on the connection that writes: for looking before writing. */
  readonly #standing: TreeReader;
  readonly #reader: TreeReader;
  readonly #finder: IdReader;

  /** Use {@link openSqliteTree}. */
  constructor(writing: Database, reading: Database, options: SqliteTreeOptions) {
    this.#writing = writing;
    this.#reading = reading;
    this.#commit = new GroupCommit(writing, { ...options, part: PART });
    this.#busyLimitMillis = options.busyLimitMillis ?? BUSY_LIMIT_MILLIS;
    this.#rows = new TreeWriter(writing);
    this.#ids = new IdWriter(writing);
    this.#standing = new TreeReader(writing);
    this.#reader = new TreeReader(reading);
    this.#finder = new IdReader(reading);
  }

  ledgerId(): Promise<LedgerId | undefined> {
    // Written by `claim` alone.
    return this.#read(() => ledgerIdOf(this.#reading) as LedgerId | undefined);
  }

  claim(ledger: LedgerId): Promise<void> {
    return this.#commit.run(() => {
      claimFor(this.#writing, PART, ledger);
    });
  }

  state(): Promise<TreeState> {
    return this.#read(() => {
      const { size, position } = this.#reader.tree();
      return { size, position: positionOf(position) };
    });
  }

  extend(extension: TreeExtension, epoch: number): Promise<void> {
    const { from, leaves, tiles } = extension;
    return this.#commit.run(() => {
      const { size, sealed } = this.#enter(epoch);
      const last = leaves.at(-1);
      if (size !== from || last === undefined) {
        assertDone(extension, size, this.#standing.leaves(from, leaves.length));
        return;
      }
      const next = from + leaves.length;
      this.#rows.putLeaves(from, leaves, this.#standing.openTile(from));
      this.#rows.putTiles(tiles);
      const nowSealed = this.#ids.seal(sealed, next);
      reach('evidence.before-state');
      this.#rows.advance(next, last.position, nowSealed);
    });
  }

  tiles(wanted: readonly TileId[]): Promise<readonly (Buffer | undefined)[]> {
    return this.#read(() => wanted.map((tile) => this.#reader.tile(tile)));
  }

  /** In parts, so that a long list holds nobody up. */
  async indexOf(ids: readonly EventId[]): Promise<ReadonlyMap<EventId, number>> {
    const found = new Map<EventId, number>();
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      if (at > 0) await yieldToOthers();
      const part = await this.#read(() => this.#finder.find(ids.slice(at, at + AT_ONCE)));
      for (const [id, index] of part) found.set(id, index);
    }
    return found;
  }

  leaves(from: number, limit: number): Promise<readonly LeafEntry[]> {
    return this.#read(() => this.#reader.leaves(from, Math.min(limit, MOST_LEAVES)));
  }

  checkpoint(): Promise<string | undefined> {
    return this.#read(() => this.#reader.tree().checkpoint ?? undefined);
  }

  setCheckpoint(note: string, epoch: number): Promise<void> {
    return this.#commit.run(() => {
      this.#enter(epoch);
      this.#rows.setCheckpoint(note);
    });
  }

  doubt(): Promise<void> {
    return this.#commit.run(() => {
      this.#rows.doubt();
    });
  }

  isDoubted(): Promise<boolean> {
    return this.#read(() => this.#reader.tree().doubted !== 0);
  }

  renew(epoch: number): Promise<void> {
    return this.#commit.run(() => {
      this.#enter(epoch);
      this.#rows.clear();
    });
  }

  async close(): Promise<void> {
    await this.#commit.close();
    closeDatabase(this.#reading);
    closeDatabase(this.#writing);
  }

  /** The tree as it stands. @throws TreeMoved where a higher epoch was seen */
  #enter(epoch: number): TreeRow {
    const row = this.#standing.tree();
    assertEpoch(epoch, row.epoch);
    if (epoch > row.epoch) this.#rows.enter(epoch);
    return row;
  }

  async #read<T>(work: () => T): Promise<T> {
    if (!this.#reading.isOpen) throw new Outage(PART, 'closed');
    return whileBusy(PART, this.#busyLimitMillis, work);
  }
}

/**
 * Opens the tree in a file, and makes it where there is none. The folder must exist.
 * @throws IntegrityError `format-newer`, `format-foreign`, `store-corrupt`; Outage
 */
export async function openSqliteTree(
  file: string,
  options: SqliteTreeOptions = {},
): Promise<SqliteTree> {
  const format = { ...TREE_FORMAT, ...options };
  const writing = await openDatabase(file, format);
  try {
    return new SqliteTree(writing, await openReader(file, format), options);
  } catch (error) {
    closeDatabase(writing);
    throw error;
  }
}
