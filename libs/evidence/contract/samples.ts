import { expect } from '@jest/globals';

import { derivedId, START, type EventId, type LedgerId, type Position } from '#kernel';

import {
  TILE_WIDTH,
  type LeafEntry,
  type Tile,
  type TileId,
  type TreeExtension,
  type TreeStore,
} from '../port.js';

const HASH_BYTES = 32;
const ROOT = '7c1a86c2-4f0e-4f35-9b6a-1d5f3f0c8e21' as LedgerId;

/** Which of several trees that do not agree. */
export type Kind = string;

/** The event of a leaf: ids as random as an event's, positions with gaps. */
export function leafAt(index: number, kind: Kind = 'a'): LeafEntry {
  return { id: derivedId<EventId>(ROOT, `${kind}:${String(index)}`), position: placeOf(index) };
}

function placeOf(index: number): Position {
  return String(index * 3 + 1).padStart(16, '0') as Position;
}

export function leavesOf(from: number, count: number, kind?: Kind): LeafEntry[] {
  return Array.from({ length: count }, (_, at) => leafAt(from + at, kind));
}

/** How many hashes a tile has in a tree of a size. */
function widthAt(size: number, { level, index }: TileId): number {
  const nodes = Math.floor(size / TILE_WIDTH ** level);
  return Math.max(0, Math.min(TILE_WIDTH, nodes - index * TILE_WIDTH));
}

/** Every tile of a tree that holds hashes from one size to another. */
export function tilesBetween(from: number, size: number): readonly TileId[] {
  const tiles: TileId[] = [];
  for (let level = 0, first = from, nodes = size; nodes > 0; level += 1) {
    for (let index = Math.floor(first / TILE_WIDTH); index * TILE_WIDTH < nodes; index += 1) {
      if (nodes > first) tiles.push({ level, index });
    }
    [first, nodes] = [Math.floor(first / TILE_WIDTH), Math.floor(nodes / TILE_WIDTH)];
  }
  return tiles;
}

/** A tile of a tree of a size, of hashes that are none but differ by level, place and tree. */
export function tileAt(size: number, id: TileId, kind: Kind = 'a'): Tile {
  const hashes = Buffer.alloc(widthAt(size, id) * HASH_BYTES, kind);
  for (let at = 0; at * HASH_BYTES < hashes.length; at += 1) {
    hashes.writeUInt32BE(id.level, at * HASH_BYTES);
    hashes.writeUInt32BE(id.index * TILE_WIDTH + at, at * HASH_BYTES + 4);
  }
  return { ...id, hashes };
}

/** Leaves that are added to the tree, and the tiles that change by them. */
export function extensionOf(from: number, count: number, kind?: Kind): TreeExtension {
  const size = from + count;
  return {
    from,
    leaves: leavesOf(from, count, kind),
    tiles: tilesBetween(from, size).map((id) => tileAt(size, id, kind)),
  };
}

const STEP = 20_000;

/** Makes the tree grow to a size. */
export async function grow(store: TreeStore, from: number, to: number, epoch = 1): Promise<void> {
  for (let size = from; size < to; size += STEP) {
    await store.extend(extensionOf(size, Math.min(STEP, to - size)), epoch);
  }
}

/** The tree has this size, and nothing else than what belongs to it. */
export async function expectTree(store: TreeStore, size: number, kind?: Kind): Promise<void> {
  const last = leavesOf(size - 1, size === 0 ? 0 : 1, kind)[0];
  expect(await store.state()).toEqual({ size, position: last?.position ?? START });
  const wanted = tilesBetween(0, size);
  const tiles = await store.tiles(wanted);
  expect(tiles).toHaveLength(wanted.length);
  // Compared one by one: matching thousands of bytes in one structure takes seconds.
  const wrong = wanted.filter(
    (id, at) => tiles[at]?.equals(tileAt(size, id, kind).hashes) !== true,
  );
  expect(wrong).toEqual([]);
  const beyond = [0, 1, 2].map((level) => ({
    level,
    index: Math.ceil(Math.floor(size / TILE_WIDTH ** level) / TILE_WIDTH),
  }));
  expect(await store.tiles(beyond)).toEqual([undefined, undefined, undefined]);
  const from = Math.max(0, size - 3);
  const leaves = leavesOf(from, size - from, kind);
  expect(await store.leaves(from, 10)).toEqual(leaves);
  const indexes = new Map(leaves.map(({ id }, at) => [id, from + at]));
  const asked = [...leaves, leafAt(size, kind)].map(({ id }) => id);
  expect(await store.indexOf(asked)).toEqual(indexes);
}

/** How an error says that the tree is elsewhere. */
export const MOVED = { name: 'TreeMoved' };
