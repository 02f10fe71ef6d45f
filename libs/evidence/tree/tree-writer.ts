import type { StoredEvent, StoredEvents } from '#event-log';
import type { Position } from '#kernel';

import type { TreeStore } from '../port.js';
import { entryOf, leafOfEntry } from './hashing.js';
import { loadEdge, type RightEdge } from './right-edge.js';

/** Events that are taken in together. */
const PAGE = 2_000;

/** Takes the log's events into the stored tree, one process at a time. */
export class TreeWriter {
  private constructor(
    private readonly log: StoredEvents,
    private readonly store: TreeStore,
    private readonly epoch: number,
    private readonly edge: RightEdge,
    private position: Position,
  ) {}

  /** Goes on from where the stored tree is. @param epoch of the lease under which it is written */
  static async open(log: StoredEvents, store: TreeStore, epoch: number): Promise<TreeWriter> {
    const state = await store.state();
    const edge = await loadEdge(store, state.size);
    return new TreeWriter(log, store, epoch, edge, state.position);
  }

  /** Number of leaves. */
  get size(): number {
    return this.edge.size;
  }

  /** Root over them. */
  root(): Buffer {
    return this.edge.root();
  }

  /** Takes in the next events of the log, and gives them; none at its end. */
  async takeIn(): Promise<readonly StoredEvent[]> {
    const events = await this.log.readStored(this.position, PAGE);
    const last = events.at(-1);
    if (last === undefined) return events;
    const from = this.edge.size;
    for (const event of events) this.edge.add(leafOfEntry(entryOf(event)));
    const leaves = events.map(({ id, position }) => ({ id, position }));
    await this.store.extend({ from, leaves, tiles: this.edge.takeTiles() }, this.epoch);
    this.position = last.position;
    return events;
  }
}
