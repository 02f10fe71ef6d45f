import type { StoredEvent, StoredEvents } from '#event-log';
import type { EventId, Position } from '#kernel';
import { START } from '#kernel';

import type { LeafEntry, TreeStore } from '../port.js';
import { MOST_LEAVES } from '../port.js';

/** An event of the log at its place in the tree, or one of the two where the other is not. */
export interface Placed {
  /** Number of leaves before it: its own index, where it has a leaf. */
  readonly index: number;
  /** Where the log has it, or had it. */
  readonly position: Position;
  readonly event: StoredEvent | undefined;
  /** Which event the tree has there; undefined where it has none. */
  readonly leaf: EventId | undefined;
}

const PAGE = 2_000;

/** Up to where log and tree are put side by side. */
export interface Extent {
  /** Position after which no event is asked for: others may be appending. */
  readonly until: Position;
  /** Size of the stored tree before `until` was asked for: what came later is not missed. */
  readonly size: number;
}

/**
 * The log beside the tree over it, in pages, each event at the leaf of its position. In a log that was
 * changed underneath there are events without a leaf, and leaves without an event.
 */
export async function* placedEvents(
  log: StoredEvents,
  tree: Pick<TreeStore, 'leaves'>,
  { until, size }: Extent,
): AsyncGenerator<readonly Placed[], void, void> {
  for await (const page of allPlaced(log, tree, until)) {
    yield page.filter(({ event, index }) => event !== undefined || index < size);
  }
}

async function* allPlaced(
  log: StoredEvents,
  tree: Pick<TreeStore, 'leaves'>,
  until: Position,
): AsyncGenerator<readonly Placed[], void, void> {
  const leaves = new Leaves(tree);
  for (let after = START; after < until;) {
    const events = await log.readStored(after, PAGE);
    const last = events.at(-1);
    if (last === undefined) break;
    const page: Placed[] = [];
    for (const event of events) {
      if (event.position <= until) page.push(...(await leaves.upTo(event)));
    }
    yield page;
    after = last.position;
  }
  for (let rest = await leaves.rest(); rest.length > 0; rest = await leaves.rest()) yield rest;
}

/** Leaves as far as they are read. */
class Leaves {
  #page: readonly LeafEntry[] = [];
  #at = 0;
  /** Index of the next leaf. */
  #index = 0;

  constructor(private readonly tree: Pick<TreeStore, 'leaves'>) {}

  /** An event at its place, after the leaves before it that have none. */
  async upTo(event: StoredEvent): Promise<readonly Placed[]> {
    const { position } = event;
    const placed: Placed[] = [];
    for (;;) {
      const leaf = await this.#next();
      if (leaf === undefined || leaf.position > position) {
        placed.push({ index: this.#index, position, event, leaf: undefined });
        return placed;
      }
      const isOwn = leaf.position === position;
      placed.push(this.#take(leaf, isOwn ? event : undefined));
      if (isOwn) return placed;
    }
  }

  /** Leaves after the last event of the log. */
  async rest(): Promise<readonly Placed[]> {
    const placed: Placed[] = [];
    while (placed.length < PAGE) {
      const leaf = await this.#next();
      if (leaf === undefined) break;
      placed.push(this.#take(leaf, undefined));
    }
    return placed;
  }

  async #next(): Promise<LeafEntry | undefined> {
    if (this.#at === this.#page.length) {
      this.#page = await this.tree.leaves(this.#index, MOST_LEAVES);
      this.#at = 0;
    }
    return this.#page[this.#at];
  }

  #take({ id, position }: LeafEntry, event: StoredEvent | undefined): Placed {
    const index = this.#index;
    this.#index += 1;
    this.#at += 1;
    return { index, position, event, leaf: id };
  }
}
