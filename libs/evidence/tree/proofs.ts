import { IntegrityError } from '#kernel';

import type { TileId } from '../port.js';
import { TILE_WIDTH } from '../port.js';
import { EMPTY_ROOT, HASH_BYTES, nodeOf } from './hashing.js';

/** Gives tiles as far as they are filled, in the order asked; undefined where there is none. */
export type ReadTiles = (wanted: readonly TileId[]) => Promise<readonly (Buffer | undefined)[]>;

/** Leaves from `start` up to `end`, which is not one of them. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** Hashes in a tile stand for whole subtrees of this many levels each. */
const TILE_HEIGHT = 8;

/** Root of the first `size` leaves, from the tiles of a tree that may be larger. */
export async function rootFrom(read: ReadTiles, size: number): Promise<Buffer> {
  if (size === 0) return EMPTY_ROOT;
  const [root] = await hashesOf(read, [{ start: 0, end: size }]);
  if (root === undefined) throw new TypeError('a range has a hash');
  return root;
}

/**
 * The way from a leaf up to the root of the first `size` leaves (RFC 6962, section 2.1.1).
 * @throws IntegrityError `tile-missing` where the tree has no such leaf or a tile is lost
 */
export function inclusionProof(
  read: ReadTiles,
  index: number,
  size: number,
): Promise<readonly Buffer[]> {
  return hashesOf(read, inclusionRanges(index, { start: 0, end: size }));
}

/** What shows that the first `first` leaves are the beginning of the first `second` (2.1.2). */
export function consistencyProof(
  read: ReadTiles,
  first: number,
  second: number,
): Promise<readonly Buffer[]> {
  if (first === 0 || first === second) return Promise.resolve([]);
  return hashesOf(read, consistencyRanges(first, { start: 0, end: second }));
}

function inclusionRanges(index: number, { start, end }: Range): readonly Range[] {
  if (end - start <= 1) return [];
  const split = start + splitOf(end - start);
  const left = { start, end: split };
  const right = { start: split, end };
  return index < split
    ? [...inclusionRanges(index, left), right]
    : [...inclusionRanges(index, right), left];
}

/** RFC 6962's SUBPROOF: the first tree's own root is known to who checks. */
function consistencyRanges(first: number, range: Range, isKnown = true): readonly Range[] {
  const { start, end } = range;
  if (first === end) return isKnown ? [] : [range];
  const split = start + splitOf(end - start);
  const left = { start, end: split };
  const right = { start: split, end };
  return first <= split
    ? [...consistencyRanges(first, left, isKnown), right]
    : [...consistencyRanges(first, right, false), left];
}

/** The largest power of two below a size above 1. */
function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** Hashes of ranges, of which each is a whole subtree, or the ragged right of the tree. */
async function hashesOf(read: ReadTiles, ranges: readonly Range[]): Promise<readonly Buffer[]> {
  const wholes = ranges.flatMap(wholesIn);
  const wanted = new Map(wholes.map((whole) => [nameOf(tileOf(whole).tile), tileOf(whole).tile]));
  const names = [...wanted.keys()];
  const tiles = await read([...wanted.values()]);
  const byName = new Map(names.map((name, at) => [name, tiles[at]]));
  return ranges.map((range) =>
    wholesIn(range)
      .map((whole) => wholeHash(whole, byName))
      .reduceRight((right, left) => nodeOf(left, right)),
  );
}

/** The whole subtrees that a range consists of, from the left, each the largest that is possible. */
function wholesIn({ start, end }: Range): readonly Range[] {
  const wholes: Range[] = [];
  for (let at = start; at < end;) {
    const size = splitOf(end - at + 1);
    wholes.push({ start: at, end: at + size });
    at += size;
  }
  return wholes;
}

/** The tile that holds the hashes below a whole subtree, or its own, and which of them they are. */
function tileOf({ start, end }: Range) {
  const height = Math.round(Math.log2(end - start));
  const level = Math.floor(height / TILE_HEIGHT);
  const leaves = TILE_WIDTH ** level;
  const first = start / leaves;
  const index = Math.floor(first / TILE_WIDTH);
  const from = first - index * TILE_WIDTH;
  return { tile: { level, index }, from, to: from + (end - start) / leaves };
}

function wholeHash(whole: Range, tiles: ReadonlyMap<string, Buffer | undefined>): Buffer {
  const { tile, from, to } = tileOf(whole);
  const hashes = tiles.get(nameOf(tile));
  if (hashes === undefined || hashes.length < to * HASH_BYTES) {
    throw new IntegrityError('tile-missing', `evidence: tile ${nameOf(tile)} is not there`);
  }
  return nodeIn(hashes, from, to);
}

/**
 * Nodes that were computed over a tile: whoever keeps tiles, to prove many leaves, hashes each but once.
 * Tiles that are read are never written to.
 */
const known = new WeakMap<Buffer, Map<number, Buffer>>();

/** The node over some hashes of a tile, as many as a power of two. */
function nodeIn(hashes: Buffer, from: number, to: number): Buffer {
  if (to - from === 1) return hashes.subarray(from * HASH_BYTES, to * HASH_BYTES);
  const nodes = known.get(hashes) ?? new Map<number, Buffer>();
  known.set(hashes, nodes);
  const place = from * 2 * TILE_WIDTH + to;
  const before = nodes.get(place);
  if (before !== undefined) return before;
  const middle = (from + to) / 2;
  const node = nodeOf(nodeIn(hashes, from, middle), nodeIn(hashes, middle, to));
  nodes.set(place, node);
  return node;
}

/** `level/index`. */
function nameOf({ level, index }: TileId): string {
  return `${String(level)}/${String(index)}`;
}
