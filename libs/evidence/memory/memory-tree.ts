import { IntegrityError, Outage, START, type EventId, type LedgerId } from '#kernel';

import { assertDone, assertEpoch } from '../extension.js';
import { reach } from '../fault-points.js';
import {
  MOST_LEAVES,
  type LeafEntry,
  type TileId,
  type TreeExtension,
  type TreeState,
  type TreeStore,
} from '../port.js';

/** What several openings of one tree share. */
export class SharedTree {
  ledger: LedgerId | undefined;
  epoch = 0;
  leaves: LeafEntry[] = [];
  /** By level and index. */
  tiles = new Map<string, Buffer>();
  indexes = new Map<EventId, number>();
  note: string | undefined;
  doubted = false;
}

/** The tree in memory: nothing survives the process. */
export class MemoryTree implements TreeStore {
  #open = true;

  constructor(private readonly shared = new SharedTree()) {}

  async ledgerId(): Promise<LedgerId | undefined> {
    return this.#tree().ledger;
  }

  async claim(ledger: LedgerId): Promise<void> {
    const tree = this.#tree();
    tree.ledger ??= ledger;
    if (tree.ledger === ledger) return;
    throw new IntegrityError('ledger-id-differs', 'evidence: the tree belongs to another ledger');
  }

  async state(): Promise<TreeState> {
    const { leaves } = this.#tree();
    return { size: leaves.length, position: leaves.at(-1)?.position ?? START };
  }

  async extend(extension: TreeExtension, epoch: number): Promise<void> {
    const tree = this.#enter(epoch);
    const { from, leaves, tiles } = extension;
    if (tree.leaves.length !== from) {
      const standing = tree.leaves.slice(from, from + leaves.length);
      assertDone(extension, tree.leaves.length, standing);
      return;
    }
    reach('evidence.before-state');
    tree.leaves.push(...leaves);
    for (const [at, { id }] of leaves.entries()) {
      if (!tree.indexes.has(id)) tree.indexes.set(id, from + at);
    }
    for (const tile of tiles) tree.tiles.set(nameOf(tile), Buffer.from(tile.hashes));
  }

  async tiles(wanted: readonly TileId[]): Promise<readonly (Buffer | undefined)[]> {
    const { tiles } = this.#tree();
    return wanted.map((tile) => {
      const hashes = tiles.get(nameOf(tile));
      return hashes === undefined ? undefined : Buffer.from(hashes);
    });
  }

  async indexOf(ids: readonly EventId[]): Promise<ReadonlyMap<EventId, number>> {
    const { indexes } = this.#tree();
    const found = new Map<EventId, number>();
    for (const id of ids) {
      const index = indexes.get(id);
      if (index !== undefined) found.set(id, index);
    }
    return found;
  }

  async leaves(from: number, limit: number): Promise<readonly LeafEntry[]> {
    return this.#tree().leaves.slice(from, from + Math.min(limit, MOST_LEAVES));
  }

  async checkpoint(): Promise<string | undefined> {
    return this.#tree().note;
  }

  async setCheckpoint(note: string, epoch: number): Promise<void> {
    const tree = this.#enter(epoch);
    tree.note = note;
  }

  async doubt(): Promise<void> {
    this.#tree().doubted = true;
  }

  async isDoubted(): Promise<boolean> {
    return this.#tree().doubted;
  }

  async renew(epoch: number): Promise<void> {
    const tree = this.#enter(epoch);
    tree.leaves = [];
    tree.tiles = new Map();
    tree.indexes = new Map();
    tree.doubted = false;
  }

  async close(): Promise<void> {
    this.#open = false;
  }

  /** The tree as it stands. @throws TreeMoved where a higher epoch was seen */
  #enter(epoch: number): SharedTree {
    const tree = this.#tree();
    assertEpoch(epoch, tree.epoch);
    tree.epoch = epoch;
    return tree;
  }

  #tree(): SharedTree {
    if (!this.#open) throw new Outage('evidence', 'closed');
    return this.shared;
  }
}

function nameOf({ level, index }: TileId): string {
  return `${String(level)}/${String(index)}`;
}
