import type { Position } from '#kernel';
import type { Database, Statement } from '#sqlite-file';

import type { LeafEntry, Tile, TileId } from '../port.js';
import {
  idOf,
  positionOf,
  storedId,
  storedPosition,
  type StoredId,
  type StoredPosition,
} from './stored-values.js';

/** The one row that says how far the tree is. */
export interface TreeRow {
  readonly size: number;
  readonly position: StoredPosition;
  readonly epoch: number;
  /** How many leaves are in runs. */
  readonly sealed: number;
  readonly doubted: number;
  readonly checkpoint: string | null;
}

/** Reads the tree's rows on one connection. */
export class TreeReader {
  readonly #tree: Statement<TreeRow>;
  readonly #tile: Statement<readonly [Uint8Array]>;
  readonly #leaves: Statement<readonly [StoredId, StoredPosition]>;

  constructor(db: Database) {
    this.#tree = db.prepare('SELECT * FROM tree');
    this.#tile = db.prepare('SELECT hashes FROM tiles WHERE level = ? AND tile = ?');
    this.#leaves = db.prepare(
      'SELECT id, position FROM leaves WHERE leaf >= ? ORDER BY leaf LIMIT ?',
    );
    this.#tile.setReturnArrays(true);
    this.#leaves.setReturnArrays(true);
  }

  tree(): TreeRow {
    const row = this.#tree.get();
    if (row === undefined) throw new Error('evidence: the row of the tree is gone');
    return row;
  }

  tile({ level, index }: TileId): Buffer | undefined {
    const row = this.#tile.get(level, index);
    if (row === undefined) return undefined;
    const [hashes] = row;
    return Buffer.from(hashes.buffer, hashes.byteOffset, hashes.byteLength);
  }

  leaves(from: number, count: number): readonly LeafEntry[] {
    return this.#leaves
      .all(from, count)
      .map(([id, position]) => ({ id: idOf(id), position: positionOf(position) }));
  }
}

/** Writes the tree's rows, within transactions. */
export class TreeWriter {
  readonly #leaf: Statement<never>;
  readonly #tile: Statement<never>;
  readonly #epoch: Statement<never>;
  readonly #advance: Statement<never>;
  readonly #checkpoint: Statement<never>;
  readonly #doubt: Statement<never>;

  constructor(private readonly db: Database) {
    this.#leaf = db.prepare('INSERT INTO leaves VALUES (?, ?, ?)');
    this.#tile = db.prepare(`
      INSERT INTO tiles VALUES (?, ?, ?)
      ON CONFLICT (level, tile) DO UPDATE SET hashes = excluded.hashes`);
    this.#epoch = db.prepare('UPDATE tree SET epoch = ?');
    this.#advance = db.prepare('UPDATE tree SET size = ?, position = ?, sealed = ?');
    this.#checkpoint = db.prepare('UPDATE tree SET checkpoint = ?');
    this.#doubt = db.prepare('UPDATE tree SET doubted = 1');
  }

  putLeaves(from: number, leaves: readonly LeafEntry[]): void {
    for (const [at, { id, position }] of leaves.entries()) {
      this.#leaf.run(from + at, storedId(id), storedPosition(position));
    }
  }

  putTiles(tiles: readonly Tile[]): void {
    for (const { level, index, hashes } of tiles) this.#tile.run(level, index, hashes);
  }

  /** Notes the epoch under which is written from now on. */
  enter(epoch: number): void {
    this.#epoch.run(epoch);
  }

  advance(size: number, position: Position, sealed: number): void {
    this.#advance.run(size, storedPosition(position), sealed);
  }

  setCheckpoint(note: string): void {
    this.#checkpoint.run(note);
  }

  doubt(): void {
    this.#doubt.run();
  }

  clear(): void {
    this.db.exec(`
      DELETE FROM leaves; DELETE FROM tiles; DELETE FROM recent; DELETE FROM runs;
      UPDATE tree SET size = 0, position = '', sealed = 0, doubted = 0;
    `);
  }
}
