import { HASH_BYTES } from '../tree/hashing.js';
import { rootFrom } from '../tree/proofs.js';
import { RightEdge } from '../tree/right-edge.js';
import { TILE_WIDTH, type TileId } from '../port.js';
import { Column } from './column.js';

/** A tree that is computed from its leaves and kept, with what tells its root at every size. */
export class HashTree {
  /** Hashes of leaves. */
  readonly leaves = new Column(HASH_BYTES);
  readonly #edge = new RightEdge();
  /** The full tiles above the leaves: one hash for each 256 of them. */
  readonly #whole = new Map<string, Buffer>();

  get size(): number {
    return this.leaves.size;
  }

  /** Adds hashes of leaves, one after another in the bytes. */
  add(leaves: Uint8Array): void {
    this.leaves.push(leaves);
    const bytes = Buffer.from(leaves.buffer, leaves.byteOffset, leaves.byteLength);
    for (let at = 0; at < bytes.length; at += HASH_BYTES) {
      this.#edge.add(bytes.subarray(at, at + HASH_BYTES));
    }
    for (const { level, index, hashes } of this.#edge.takeTiles()) {
      if (level > 0) this.#whole.set(nameOf({ level, index }), hashes);
    }
  }

  /** Root over the first leaves, of which there must be so many. */
  rootAt(size: number): Promise<Buffer> {
    return rootFrom(async (wanted) => wanted.map((tile) => this.tile(tile)), size);
  }

  /** A tile as far as it is filled; undefined where the tree has none there. */
  tile({ level, index }: TileId): Buffer | undefined {
    if (level > 0) return this.#whole.get(nameOf({ level, index }));
    const from = index * TILE_WIDTH;
    return from < this.size
      ? this.leaves.slice(from, Math.min(from + TILE_WIDTH, this.size))
      : undefined;
  }
}

function nameOf({ level, index }: TileId): string {
  return `${String(level)}/${String(index)}`;
}
