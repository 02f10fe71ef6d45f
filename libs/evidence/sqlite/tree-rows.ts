import type { Position } from '#kernel';
import type { Database, Statement } from '#sqlite-file';

import { TILE_WIDTH, type LeafEntry, type Tile, type TileId } from '../port.js';
import { bufferOf, joined, packed, storedPosition, unpacked, type LeafTile } from './leaf-tiles.js';

/** The one row that says how far the tree is. */
export interface TreeRow {
  readonly size: number;
  /** As in a tile's list of positions. */
  readonly position: number | string;
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
  readonly #leaves: Statement<LeafTile>;

  constructor(db: Database) {
    this.#tree = db.prepare('SELECT * FROM tree');
    this.#tile = db.prepare('SELECT hashes FROM tiles WHERE level = ? AND tile = ?');
    this.#leaves = db.prepare(
      'SELECT ids, positions, texts FROM leaves WHERE tile BETWEEN ? AND ? ORDER BY tile',
    );
    this.#tile.setReturnArrays(true);
  }

  tree(): TreeRow {
    const row = this.#tree.get();
    if (row === undefined) throw new Error('evidence: the row of the tree is gone');
    return row;
  }

  tile({ level, index }: TileId): Buffer | undefined {
    const row = this.#tile.get(level, index);
    return row === undefined ? undefined : bufferOf(row[0]);
  }

  leaves(from: number, count: number): readonly LeafEntry[] {
    if (count <= 0) return [];
    const [first, last] = [tileOf(from), tileOf(from + count - 1)];
    const start = from - first * TILE_WIDTH;
    return this.#leaves
      .all(first, last)
      .flatMap(unpacked)
      .slice(start, start + count);
  }

  /** The leaves that stand before one in its tile, which is the last; undefined where there are none. */
  openTile(leaf: number): LeafTile | undefined {
    if (leaf % TILE_WIDTH === 0) return undefined;
    return this.#leaves.all(tileOf(leaf), tileOf(leaf))[0];
  }
}

function tileOf(leaf: number): number {
  return Math.floor(leaf / TILE_WIDTH);
}

/** Writes the tree's rows, within transactions. */
export class TreeWriter {
  readonly #leaves: Statement<never>;
  readonly #tile: Statement<never>;
  readonly #epoch: Statement<never>;
  readonly #advance: Statement<never>;
  readonly #checkpoint: Statement<never>;
  readonly #doubt: Statement<never>;

  constructor(private readonly db: Database) {
    this.#leaves = db.prepare('INSERT OR REPLACE INTO leaves VALUES (?, ?, ?, ?)');
    this.#tile = db.prepare(`
      INSERT INTO tiles VALUES (?, ?, ?)
      ON CONFLICT (level, tile) DO UPDATE SET hashes = excluded.hashes`);
    this.#epoch = db.prepare('UPDATE tree SET epoch = ?');
    this.#advance = db.prepare('UPDATE tree SET size = ?, position = ?, sealed = ?');
    this.#checkpoint = db.prepare('UPDATE tree SET checkpoint = ?');
    this.#doubt = db.prepare('UPDATE tree SET doubted = 1');
  }

  /** @param standing the leaves before them in the tile of the first */
  putLeaves(from: number, leaves: readonly LeafEntry[], standing: LeafTile | undefined): void {
    for (let at = 0; at < leaves.length;) {
      const tile = tileOf(from + at);
      const place = from + at - tile * TILE_WIDTH;
      const next = at + TILE_WIDTH - place;
      const added = packed(leaves.slice(at, next), place);
      const { ids, positions, texts } =
        at === 0 && standing !== undefined ? joined(standing, added) : added;
      this.#leaves.run(tile, ids, positions, texts);
      at = next;
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
      DELETE FROM leaves; DELETE FROM tiles; DELETE FROM runs;
      UPDATE tree SET size = 0, position = '', sealed = 0, doubted = 0;
    `);
  }
}
