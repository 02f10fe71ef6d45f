/** Trees for tests. */
import type { Tile } from '../port.js';
import { leafOfEntry } from '../tree/hashing.js';
import type { ReadTiles } from '../tree/proofs.js';
import { RightEdge } from '../tree/right-edge.js';

/** Leaves that are all different. */
export function someLeaves(count: number): readonly Buffer[] {
  return Array.from({ length: count }, (_, at) => leafOfEntry(`entry ${String(at)}`));
}

/** Tiles as a store would keep them, in memory. */
export class TileShelf {
  readonly #tiles = new Map<string, Buffer>();

  put(tiles: readonly Tile[]): void {
    for (const { level, index, hashes } of tiles) {
      this.#tiles.set(`${String(level)}/${String(index)}`, hashes);
    }
  }

  readonly read: ReadTiles = async (wanted) =>
    wanted.map(({ level, index }) => this.#tiles.get(`${String(level)}/${String(index)}`));
}

/** A tree over leaves, and its tiles. */
export function treeOver(leaves: readonly Buffer[]): {
  readonly edge: RightEdge;
  readonly shelf: TileShelf;
} {
  const edge = new RightEdge();
  for (const leaf of leaves) edge.add(leaf);
  const shelf = new TileShelf();
  shelf.put(edge.takeTiles());
  return { edge, shelf };
}
export { referenceRoot } from './reference.js';
export * from './bundles.js';
export * from './erasure-copies.js';
export * from './sequencing.js';
export * from './answered.js';
export { CA_EXTENSIONS, SIGNER_EXTENSIONS, type AuthorityMade } from './authority-made.js';
export * from './openssl-authority.js';
export * from './timestamp-server.js';
