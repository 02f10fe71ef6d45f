import type { StoredEvents } from '#event-log';

import type { TreeStore } from './port.js';
import { TILE_WIDTH } from './port.js';
import { entryOf } from './tree/hashing.js';
import { positionBefore } from './tree/leaf-places.js';

/** Most bytes of an entry: its length is written in two. */
const MAX_ENTRY = 65_535;

/**
 * Entries of the leaves under one tile, built from the log as it is now: each with its length before it,
 * two bytes, the higher first (c2sp.org/tlog-tiles). Undefined where the tree has not so many leaves.
 */
export async function entryBundle(
  log: StoredEvents,
  store: TreeStore,
  tile: number,
  width: number,
): Promise<Buffer | undefined> {
  const from = tile * TILE_WIDTH;
  const { size } = await store.state();
  if (from + width > size) return undefined;
  const before = await positionBefore(store, from);
  if (before === undefined) return undefined;
  const parts: Buffer[] = [];
  for (let after = before, left = width; left > 0;) {
    const events = await log.readStored(after, left);
    const last = events.at(-1);
    if (last === undefined) return undefined;
    for (const event of events) parts.push(prefixed(Buffer.from(entryOf(event))));
    left -= events.length;
    after = last.position;
  }
  return Buffer.concat(parts);
}

function prefixed(entry: Buffer): Buffer {
  // A stream's name, an id and a type are short: only somebody's editing makes one as long as that.
  const length = Buffer.alloc(2);
  length.writeUInt16BE(Math.min(entry.length, MAX_ENTRY));
  return Buffer.concat([length, entry.subarray(0, MAX_ENTRY)]);
}
