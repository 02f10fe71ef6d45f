import { MOST_LEAVES, TILE_WIDTH, type TileId, type TreeState } from '../port.js';
import type { InspectedTree } from '../inspection.js';
import { HASH_BYTES, rootOfWhole } from '../tree/hashing.js';
import { tilesOf } from '../tree/tiles-of.js';
import { tilePath } from '../verifier/index.js';
import { Column, ColumnIndex } from './column.js';
import type { Leaves } from './differences.js';
import { HashTree } from './hash-tree.js';
import { standingOf, type Head } from './heads.js';
import { ID_BYTES, writeId } from '../ids.js';

/** Tiles that are read at once. */
const TILES = 64;

/** The stored tree, as far as a head confirms it. */
export interface SignedMap extends Leaves {
  readonly tree: HashTree;
  /** How many of its leaves a head confirms: at least one. */
  readonly signed: number;
}

/**
 * Reads the stored tree as a map of what was signed; undefined where no head confirms it. Of tiles that
 * the tiles above them do not confirm the log's own leaves are tried instead.
 */
export async function signedMap(
  stored: InspectedTree,
  { size }: TreeState,
  heads: readonly Head[],
  log: Leaves,
): Promise<SignedMap | undefined> {
  const ids = await storedIds(stored, size);
  const { leaves, doubtful } = await storedLeaves(stored, size);
  const rest = Math.floor(size / TILE_WIDTH);
  for (const mended of [[], doubtful, [...doubtful, rest]]) {
    if (mended.length > 0) mend(mended, { leaves, ids }, log);
    const tree = new HashTree();
    tree.add(leaves.slice(0, size));
    let signed = 0;
    for (const head of heads) {
      if ((await standingOf(head, tree)) === 'agrees') signed = Math.max(signed, head.size);
    }
    if (signed > 0) return { tree, leaves: tree.leaves, ids, signed };
  }
  return undefined;
}

async function storedIds(stored: InspectedTree, size: number): Promise<Column> {
  const ids = new Column(ID_BYTES);
  while (ids.size < size) {
    const count = Math.min(MOST_LEAVES, size - ids.size);
    const entries = await stored.leaves(ids.size, count);
    const bytes = Buffer.alloc(count * ID_BYTES);
    // Of rows that are gone it is not known which: none of those that come stands for another.
    if (entries.length === count) {
      entries.forEach(({ id }, place) => {
        writeId(id, bytes, place * ID_BYTES);
      });
    }
    ids.push(bytes);
  }
  return ids;
}

/** The lowest tiles; those are in doubt that are not there or that the tile above does not confirm. */
async function storedLeaves(stored: InspectedTree, size: number) {
  const leaves = new Column(HASH_BYTES);
  const doubtful: number[] = [];
  for (let index = 0; index * TILE_WIDTH < size; index += TILES) {
    const count = Math.min(TILES, Math.ceil(size / TILE_WIDTH) - index);
    const wanted = Array.from({ length: count }, (_, more) => ({ level: 0, index: index + more }));
    const tiles = await stored.tiles(wanted);
    const above = await roots(stored, wanted);
    for (const [place, tile] of tiles.entries()) {
      const width = Math.min(TILE_WIDTH, size - (index + place) * TILE_WIDTH);
      const bytes = Buffer.alloc(width * HASH_BYTES);
      tile?.copy(bytes);
      const root = above[place];
      const isWhole = tile !== undefined && tile.length >= bytes.length;
      const isConfirmed = width < TILE_WIDTH || root?.equals(rootOfWhole(bytes)) === true;
      if (!isWhole || !isConfirmed) doubtful.push(index + place);
      leaves.push(bytes);
    }
  }
  return { leaves, doubtful };
}

/** What the tiles above say of tiles of leaves. */
async function roots(
  stored: InspectedTree,
  tiles: readonly TileId[],
): Promise<readonly (Buffer | undefined)[]> {
  const above = new Map<number, Buffer | undefined>();
  for (const { index } of tiles) {
    const parent = Math.floor(index / TILE_WIDTH);
    if (above.has(parent)) continue;
    const [tile] = await stored.tiles([{ level: 1, index: parent }]);
    above.set(parent, tile);
  }
  return tiles.map(({ index }) => {
    const from = (index % TILE_WIDTH) * HASH_BYTES;
    return above.get(Math.floor(index / TILE_WIDTH))?.subarray(from, from + HASH_BYTES);
  });
}

/** Takes the leaves of tiles from the log, by their ids. */
function mend(tiles: readonly number[], map: Leaves, log: Leaves): void {
  const byId = new ColumnIndex(log.ids, 0, log.ids.size);
  for (const tile of tiles) {
    const end = Math.min((tile + 1) * TILE_WIDTH, map.leaves.size);
    for (let was = tile * TILE_WIDTH; was < end; was += 1) {
      const at = byId.find(map.ids, was, () => true);
      if (at >= 0) map.leaves.set(was, log.leaves.at(at));
    }
  }
}

/**
 * Paths of the stored tiles that are not those of a tree, as far as both go. Of leaves that are not
 * signed it is not known which is right.
 */
export async function damagedTiles(
  stored: InspectedTree,
  { size }: TreeState,
  tree: HashTree,
  signed: number,
): Promise<readonly string[]> {
  const damaged: string[] = [];
  const paths = [...tilesOf(Math.min(size, tree.size))].flatMap(({ level, index, width }) =>
    level === 'entries' ? [] : [{ level, index, width }],
  );
  for (let from = 0; from < paths.length; from += TILES) {
    const some = paths.slice(from, from + TILES);
    const tiles = await stored.tiles(some);
    for (const [place, path] of some.entries()) {
      if (!isRight(tiles[place], tree.tile(path), path, signed)) damaged.push(tilePath(path));
    }
  }
  return damaged;
}

function isRight(
  tile: Buffer | undefined,
  right: Buffer | undefined,
  { level, index, width }: TileId & { readonly width: number },
  signed: number,
): boolean {
  const known = level === 0 ? Math.max(0, Math.min(width, signed - index * TILE_WIDTH)) : width;
  const length = known * HASH_BYTES;
  return (
    tile !== undefined &&
    right !== undefined &&
    tile.length >= width * HASH_BYTES &&
    tile.subarray(0, length).equals(right.subarray(0, length))
  );
}
