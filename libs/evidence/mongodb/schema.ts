import type { Binary } from 'mongodb';

import { START, type EventId, type Position } from '#kernel';

import { TILE_WIDTH, type TileId } from '../port.js';

/** The part of the ledger that this database is, as in `Outage`. */
export const PART = 'evidence';
export const FORMAT = 1;

/** The collection of the one document that says how far the tree is. */
export const TREE = 'tree';

/** Bytes of a hash. */
export const HASH_BYTES = 32;

/** How far the tree is. */
export interface TreeRow {
  readonly _id: typeof TREE;
  /** The latest under which it was written. */
  readonly epoch: number;
  /** Counts the extensions that were begun: the state moves only in the newest. */
  readonly turn: number;
  /** Counts the trees, from 1: each has collections of its own. */
  readonly generation: number;
  /** Whatever is stored of leaves beyond is nothing. */
  readonly size: number;
  readonly position: Position;
  readonly doubted: boolean;
  readonly checkpoint?: string;
}

/** A tree of which nothing was written yet. */
export const NO_TREE: TreeRow = {
  _id: TREE,
  epoch: 0,
  turn: 0,
  generation: 1,
  size: 0,
  position: START,
  doubted: false,
};

export interface LeafRow {
  /** Index of the leaf. */
  readonly _id: number;
  readonly id: EventId;
  readonly position: Position;
  /** In which it was written; it gives way to later ones only. */
  readonly turn: number;
}

export interface TileRow {
  /** `level/index`. */
  readonly _id: string;
  readonly hashes: Binary;
  /** As that of a leaf. */
  readonly turn: number;
}

/** Collections of generations, by their names. */
export const OF_GENERATION = /^(?:leaves|tiles)_(\d+)$/;

export function leavesIn(generation: number): string {
  return `leaves_${generation}`;
}

export function tilesIn(generation: number): string {
  return `tiles_${generation}`;
}

export function nameOf({ level, index }: TileId): string {
  return `${level}/${index}`;
}

/** How many bytes a tile has in a tree of a size. */
export function bytesAt(size: number, { level, index }: TileId): number {
  const nodes = Math.floor(size / TILE_WIDTH ** level);
  return HASH_BYTES * Math.max(0, Math.min(TILE_WIDTH, nodes - index * TILE_WIDTH));
}
