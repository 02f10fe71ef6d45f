import type { Tile, TileId, TreeStore } from '../port.js';
import { TILE_WIDTH } from '../port.js';
import { EMPTY_ROOT, HASH_BYTES, nodeOf, rootOfWhole } from './hashing.js';

const TILE_BYTES = TILE_WIDTH * HASH_BYTES;

/** The tiles that a tree of this size leaves partly filled, with how many hashes each has. */
export function partialTiles(size: number): readonly (TileId & { readonly width: number })[] {
  const tiles: (TileId & { readonly width: number })[] = [];
  for (let level = 0, nodes = size; nodes > 0; level += 1) {
    const index = Math.floor(nodes / TILE_WIDTH);
    const width = nodes % TILE_WIDTH;
    if (width > 0) tiles.push({ level, index, width });
    nodes = index;
  }
  return tiles;
}

/** One tile that is being filled. */
interface Filling {
  index: number;
  width: number;
  readonly hashes: Buffer;
}

/**
 * The right edge of a tree: the partly filled tile of each level, which is all that it takes to add
 * leaves and to tell the root. Holds a tile a level, whatever the size.
 */
export class RightEdge {
  readonly #levels: Filling[] = [];
  readonly #whole: Tile[] = [];
  readonly #touched = new Set<number>();
  #size = 0;

  /**
   * The edge of a stored tree.
   * @param tiles {@link partialTiles} of the size, each at least as wide as that says
   */
  static of(size: number, tiles: readonly Tile[]): RightEdge {
    const edge = new RightEdge();
    edge.#size = size;
    for (let level = 0, nodes = size; nodes > 0; level += 1) {
      const index = Math.floor(nodes / TILE_WIDTH);
      edge.#levels.push({ index, width: nodes % TILE_WIDTH, hashes: Buffer.alloc(TILE_BYTES) });
      nodes = index;
    }
    for (const { level, hashes } of tiles) {
      const filling = edge.#level(level);
      hashes.copy(filling.hashes, 0, 0, filling.width * HASH_BYTES);
    }
    return edge;
  }

  /** Number of leaves. */
  get size(): number {
    return this.#size;
  }

  /** Adds the hash of a leaf. */
  add(leaf: Buffer): void {
    this.#size += 1;
    this.#put(0, leaf);
  }

  /** Root of the tree as it is now (RFC 6962, section 2.1). */
  root(): Buffer {
    let root: Buffer | undefined;
    for (const { width, hashes } of this.#levels) {
      // The whole subtrees of a tile, the rightmost and smallest first: one for each bit of its width.
      for (let end = width, part = 1; end > 0; part *= 2) {
        if (Math.floor(end / part) % 2 === 0) continue;
        const start = end - part;
        const whole = rootOfWhole(hashes.subarray(start * HASH_BYTES, end * HASH_BYTES));
        root = root === undefined ? whole : nodeOf(whole, root);
        end = start;
      }
    }
    return root === undefined ? EMPTY_ROOT : Buffer.from(root);
  }

  /** Every tile that has changed since this was asked before, whole. */
  takeTiles(): readonly Tile[] {
    const partial = [...this.#touched].flatMap((level): Tile[] => {
      const { index, width, hashes } = this.#level(level);
      if (width === 0) return [];
      return [{ level, index, hashes: Buffer.from(hashes.subarray(0, width * HASH_BYTES)) }];
    });
    this.#touched.clear();
    return [...this.#whole.splice(0), ...partial];
  }

  #put(level: number, hash: Buffer): void {
    const filling = this.#level(level);
    hash.copy(filling.hashes, filling.width * HASH_BYTES);
    filling.width += 1;
    this.#touched.add(level);
    if (filling.width < TILE_WIDTH) return;
    const hashes = Buffer.from(filling.hashes);
    this.#whole.push({ level, index: filling.index, hashes });
    filling.index += 1;
    filling.width = 0;
    this.#put(level + 1, rootOfWhole(hashes));
  }

  #level(level: number): Filling {
    const filling = (this.#levels[level] ??= {
      index: 0,
      width: 0,
      hashes: Buffer.alloc(TILE_BYTES),
    });
    return filling;
  }
}

/** The edge of the stored tree. A tile that is lost is one of zeros: the root will tell. */
export async function loadEdge(store: Pick<TreeStore, 'tiles'>, size: number): Promise<RightEdge> {
  const wanted = partialTiles(size);
  const found = await store.tiles(wanted);
  const tiles = wanted.map(({ level, index }, at) => ({
    level,
    index,
    hashes: found[at] ?? Buffer.alloc(TILE_BYTES),
  }));
  return RightEdge.of(size, tiles);
}
