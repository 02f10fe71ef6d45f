import type { StoredEvent, StoredEvents } from '#event-log';
import { START } from '#kernel';
import type { Position } from '#kernel';

import type { TreeState, TreeStore } from '../port.js';
import { TILE_WIDTH } from '../port.js';
import { sameBytes, type TreeHead } from '../verifier/index.js';
import { entryOf, HASH_BYTES, leafOfEntry } from './hashing.js';
import { rootFrom } from './proofs.js';
import { loadEdge, RightEdge } from './right-edge.js';

/** What the log has to say of a head that was signed once. */
export type HeadCheck = 'agrees' | 'differs' | 'log-is-shorter';

/** How the log stands to what was signed of it. */
export interface LogChecked {
  /** Of each head, in the order asked. */
  readonly heads: readonly HeadCheck[];
  /** Whether the stored tree is that of the log, as far as can be told without reading all of it. */
  readonly isTreeGood: boolean;
}

const PAGE = 2_000;

/**
 * Holds the log against heads that were signed of it. Reads no more of it than came after the stored
 * tree, as long as that ends in the log's own event and agrees with the heads; where it does not, the
 * whole log. Writes nothing.
 * @param isDoubted whether the stored tree is not to be trusted in any case
 */
export async function checkLog(
  log: StoredEvents,
  store: TreeStore,
  heads: readonly TreeHead[],
  isDoubted = false,
): Promise<LogChecked> {
  const state = await store.state();
  if (!isDoubted && (await endsInLog(log, store, state))) {
    const edge = await loadEdge(store, state.size);
    const checked = await checkFrom({ log, edge, after: state.position, store }, heads);
    if (checked.every((one) => one === 'agrees')) return { heads: checked, isTreeGood: true };
  }
  const fresh = { log, edge: new RightEdge(), after: START };
  return { heads: await checkFrom(fresh, heads), isTreeGood: false };
}

interface From {
  readonly log: StoredEvents;
  /** The tree so far, and after which position the log goes on. */
  readonly edge: RightEdge;
  readonly after: Position;
  /** Where the tree so far is stored. */
  readonly store?: TreeStore;
}

async function checkFrom(from: From, heads: readonly TreeHead[]): Promise<readonly HeadCheck[]> {
  const { edge, log, store } = from;
  const roots = new Map<number, Buffer>();
  const wanted = new Set(heads.map(({ size }) => size));
  for (const size of wanted) {
    const isStored = store !== undefined && size <= edge.size;
    if (isStored) roots.set(size, await rootOrNothing(store, size));
    else if (size === edge.size) roots.set(size, edge.root());
  }
  const largest = Math.max(0, ...wanted);
  for (let after = from.after; edge.size < largest;) {
    const page = await log.readStored(after, PAGE);
    const last = page.at(-1);
    if (last === undefined) break;
    for (const event of page) {
      edge.add(leafOf(event));
      if (wanted.has(edge.size)) roots.set(edge.size, edge.root());
    }
    edge.takeTiles();
    after = last.position;
  }
  return heads.map(({ size, root }) => {
    const own = roots.get(size);
    if (own === undefined) return 'log-is-shorter';
    return sameBytes(own, root) ? 'agrees' : 'differs';
  });
}

/** A tile that is lost, or shorter than it was, is as good as one that differs. */
function rootOrNothing(store: TreeStore, size: number): Promise<Buffer> {
  return rootFrom(async (wanted) => (await store.tiles(wanted)).map(padded), size);
}

function padded(tile: Buffer | undefined): Buffer {
  const whole = Buffer.alloc(TILE_WIDTH * HASH_BYTES);
  tile?.copy(whole);
  return whole;
}

/** Whether the last leaf of the stored tree is the log's event at that place. */
async function endsInLog(log: StoredEvents, store: TreeStore, state: TreeState): Promise<boolean> {
  if (state.size === 0) return true;
  const leaves = await store.leaves(Math.max(0, state.size - 2), 2);
  const last = leaves.at(-1);
  const before = leaves.length === 2 ? leaves[0]?.position : START;
  if (last === undefined || before === undefined) return false;
  const [event] = await log.readStored(before, 1);
  if (event?.id !== last.id || event.position !== state.position) return false;
  const at = state.size - 1;
  const [tile] = await store.tiles([{ level: 0, index: Math.floor(at / TILE_WIDTH) }]);
  const place = (at % TILE_WIDTH) * HASH_BYTES;
  const hash = tile?.subarray(place, place + HASH_BYTES);
  return hash !== undefined && sameBytes(hash, leafOf(event));
}

function leafOf(event: StoredEvent): Buffer {
  return leafOfEntry(entryOf(event));
}
