import type { StoredEvents } from '#event-log';
import { IntegrityError, START } from '#kernel';

import { nodeCryptography } from '../node-cryptography.js';
import { mendingTiles } from './mending.js';
import type { Tile, TileId, TreeStore } from '../port.js';
import { TILE_WIDTH } from '../port.js';
import { entryOf, HASH_BYTES, leafOfEntry } from '../tree/hashing.js';
import { consistencyProof, inclusionProof, type ReadTiles } from '../tree/proofs.js';
import { RightEdge } from '../tree/right-edge.js';
import { isIncluded, type Slot, type TreeHead } from '../verifier/index.js';

const MOST_TILES = 256;
const PAGE = 2_000;

/**
 * What was signed at places of the tree, from its tiles. Where one is damaged, the tree is made anew in
 * memory from the log; where that too gives another root, what the tiles say is given as it is.
 */
export class Slots {
  #read: ReadTiles;
  #mended: Promise<ReadTiles | undefined> | undefined;

  constructor(
    private readonly log: StoredEvents,
    tree: Pick<TreeStore, 'leaves' | 'tiles'>,
    private readonly head: TreeHead,
  ) {
    this.#read = cached(mendingTiles(log, tree));
  }

  /** What stands at an index below the head's size; undefined where no tile tells. */
  async at(index: number): Promise<Slot | undefined> {
    const slot = await this.#slot(index);
    if (slot !== undefined && (await this.#isGood(index, slot))) return slot;
    const mended = await (this.#mended ??= treeOf(this.log, this.head));
    if (mended !== undefined) this.#read = mended;
    return mended === undefined ? slot : this.#slot(index);
  }

  /** Shows that a tree of this size is the beginning of the head's. */
  async consistency(size: number): Promise<readonly Uint8Array[] | undefined> {
    try {
      return await consistencyProof(this.#read, size, this.head.size);
    } catch (error) {
      passOverLost(error);
      return undefined;
    }
  }

  /** A tile of leaves. */
  async leaves(index: number): Promise<Buffer | undefined> {
    const [tile] = await this.#read([{ level: 0, index }]);
    return tile;
  }

  /** The leaf that the tiles have at an index. */
  async leafAt(index: number): Promise<Uint8Array | undefined> {
    const tile = await this.leaves(Math.floor(index / TILE_WIDTH));
    const at = (index % TILE_WIDTH) * HASH_BYTES;
    const leaf = tile?.subarray(at, at + HASH_BYTES);
    return leaf?.length === HASH_BYTES ? leaf : undefined;
  }

  async #slot(index: number): Promise<Slot | undefined> {
    try {
      const leaf = await this.leafAt(index);
      if (leaf === undefined) return undefined;
      return { leaf, proof: await inclusionProof(this.#read, index, this.head.size) };
    } catch (error) {
      passOverLost(error);
      return undefined;
    }
  }

  #isGood(index: number, { leaf, proof }: Slot): Promise<boolean> {
    return isIncluded({ leaf, index, proof }, this.head, nodeCryptography);
  }
}

/** A tile that is lost is nothing to go on with, and no reason to give up. */
function passOverLost(error: unknown): void {
  if (!(error instanceof IntegrityError)) throw error;
}

function nameOf({ level, index }: TileId): string {
  return `${String(level)}/${String(index)}`;
}

/** Reads each tile once, of those that were asked for last. */
function cached(read: ReadTiles): ReadTiles {
  const kept = new Map<string, Buffer | undefined>();
  return async (wanted) => {
    const missing = wanted.filter((tile) => !kept.has(nameOf(tile)));
    if (missing.length > 0) {
      if (kept.size > MOST_TILES) kept.clear();
      const all = await read(wanted);
      wanted.forEach((tile, at) => kept.set(nameOf(tile), all[at]));
    }
    return wanted.map((tile) => kept.get(nameOf(tile)));
  };
}

/** The tiles of the log as it is, where they have the head's root. */
async function treeOf(log: StoredEvents, head: TreeHead): Promise<ReadTiles | undefined> {
  const edge = new RightEdge();
  for (let after = START; edge.size < head.size;) {
    const events = await log.readStored(after, Math.min(PAGE, head.size - edge.size));
    const last = events.at(-1);
    if (last === undefined) return undefined;
    for (const event of events) edge.add(leafOfEntry(entryOf(event)));
    after = last.position;
  }
  if (!edge.root().equals(head.root)) return undefined;
  const tiles = new Map(edge.takeTiles().map((tile: Tile) => [nameOf(tile), tile.hashes]));
  return async (wanted) => wanted.map((tile) => tiles.get(nameOf(tile)));
}
