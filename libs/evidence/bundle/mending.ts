import type { StoredEvents } from '#event-log';
import type { TreeStore } from '../port.js';
import { TILE_WIDTH } from '../port.js';
import { entryOf, HASH_BYTES, leafOfEntry, rootOfWhole } from '../tree/hashing.js';
import { positionBefore } from '../tree/leaf-places.js';
import type { ReadTiles } from '../tree/proofs.js';

const FULL = TILE_WIDTH * HASH_BYTES;

/**
 * Reads tiles, and where a full one of leaves is not what the tile above it says, takes it from the log,
 * if that is: then it is the tile that is damaged, and not an event.
 */
export function mendingTiles(
  log: StoredEvents,
  tree: Pick<TreeStore, 'leaves' | 'tiles'>,
): ReadTiles {
  return async (wanted) => {
    const tiles = await tree.tiles(wanted);
    return Promise.all(
      wanted.map(async ({ level, index }, at) => {
        const tile = tiles[at];
        return level === 0 ? mended(log, tree, index, tile) : tile;
      }),
    );
  };
}

async function mended(
  log: StoredEvents,
  tree: Pick<TreeStore, 'leaves' | 'tiles'>,
  index: number,
  tile: Buffer | undefined,
): Promise<Buffer | undefined> {
  const [above] = await tree.tiles([{ level: 1, index: Math.floor(index / TILE_WIDTH) }]);
  const place = (index % TILE_WIDTH) * HASH_BYTES;
  const root = above?.subarray(place, place + HASH_BYTES);
  if (root?.length !== HASH_BYTES || isTile(tile, root)) return tile;
  const own = await ofLog(log, tree, index);
  return isTile(own, root) ? own : tile;
}

function isTile(tile: Buffer | undefined, root: Buffer): boolean {
  return tile?.length === FULL && rootOfWhole(tile).equals(root);
}

/** The leaves of the log at a tile's place. */
async function ofLog(
  log: StoredEvents,
  tree: Pick<TreeStore, 'leaves'>,
  index: number,
): Promise<Buffer | undefined> {
  const first = index * TILE_WIDTH;
  const before = await positionBefore(tree, first);
  const leaves: Buffer[] = [];
  for (let after = before; after !== undefined && leaves.length < TILE_WIDTH;) {
    const events = await log.readStored(after, TILE_WIDTH - leaves.length);
    for (const event of events) leaves.push(leafOfEntry(entryOf(event)));
    after = events.at(-1)?.position;
  }
  return Buffer.concat(leaves);
}
