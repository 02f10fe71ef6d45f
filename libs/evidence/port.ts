import type { EventId, LedgerId, Position } from '#kernel';

/** Hashes that one full tile holds (c2sp.org/tlog-tiles, height 8). */
export const TILE_WIDTH = 256;

/** Most leaves that a store gives at once. */
export const MOST_LEAVES = 10_000;

/** Which tile: level 0 holds leaves, each hash of a higher level is the root of a full tile below. */
export interface TileId {
  readonly level: number;
  /** Place within the level, from 0. */
  readonly index: number;
}

/** A tile as far as it is filled: up to 256 hashes of 32 bytes, one after another. */
export interface Tile extends TileId {
  readonly hashes: Buffer;
}

/** A leaf as the store keeps it beside its hash: which event it is of, and where that stands. */
export interface LeafEntry {
  readonly id: EventId;
  readonly position: Position;
}

/** How far the stored tree is. */
export interface TreeState {
  /** Number of leaves. */
  readonly size: number;
  /** Position of the last leaf's event; START where there is none. */
  readonly position: Position;
}

/** Leaves that are added to the tree. */
export interface TreeExtension {
  /** Size of the tree that it is added to. */
  readonly from: number;
  /** In order; the first has the index `from`. At least one. */
  readonly leaves: readonly LeafEntry[];
  /** Every tile that changes, whole, as it is afterwards. */
  readonly tiles: readonly Tile[];
}

/** Where the stored tree is not where the writer has seen it, or another process has its lease. */
export class TreeMoved extends Error {
  override readonly name = 'TreeMoved';
}

/**
 * The tree over the ledger's events: hashes, which event each leaf is of, and the newest signed
 * checkpoint. A function of the log: what is lost is made again. One process writes it at a time, under
 * a lease; `epoch` is the lease's, and whoever writes under a lower one than was seen is refused.
 *
 * Every method throws `Outage('evidence', …)` where the store does not answer or cannot write.
 */
export interface TreeStore {
  /** The ledger's id that the store carries, if one was set. */
  ledgerId(): Promise<LedgerId | undefined>;

  /**
   * Sets the ledger's id, once; the same again changes nothing.
   * @throws IntegrityError `ledger-id-differs`
   */
  claim(ledger: LedgerId): Promise<void>;

  /** How far the tree is. What is stored beyond that, of an extension that was cut short, is nothing. */
  state(): Promise<TreeState>;

  /**
   * Adds leaves. There for everybody when it resolves; cut short, it has changed nothing that
   * {@link state} tells of. The same extension again, after an outage, changes nothing. In a power cut
   * an embedded store may lose the newest of what was written, never something before what it keeps.
   * @throws TreeMoved where the tree has another size than `from`, or a higher epoch was seen
   */
  extend(extension: TreeExtension, epoch: number): Promise<void>;

  /**
   * Tiles as far as they are filled, in the order asked; undefined where there is none. One may be
   * fuller than a {@link state} that was read before says. The bytes are what the store gives back,
   * perhaps damaged: the caller compares.
   */
  tiles(wanted: readonly TileId[]): Promise<readonly (Buffer | undefined)[]>;

  /** Index of each event's leaf, of those that have one: of the first, should an id stand twice. */
  indexOf(ids: readonly EventId[]): Promise<ReadonlyMap<EventId, number>>;

  /** The leaves from an index on, at most `limit` and {@link MOST_LEAVES}; none beyond the last. */
  leaves(from: number, limit: number): Promise<readonly LeafEntry[]>;

  /** The newest signed checkpoint as it is served, a signed note; undefined before the first. */
  checkpoint(): Promise<string | undefined>;

  /** @throws TreeMoved where a higher epoch was seen */
  setCheckpoint(note: string, epoch: number): Promise<void>;

  /**
   * Whoever finds that a tile is damaged says so here, under no lease; the process that has it makes
   * the tree anew. Cleared by {@link renew}.
   */
  doubt(): Promise<void>;
  isDoubted(): Promise<boolean>;

  /**
   * Begins the tree anew, from no leaves; the checkpoint stays.
   * @throws TreeMoved where a higher epoch was seen
   */
  renew(epoch: number): Promise<void>;

  /** Repeating it is no fault. */
  close(): Promise<void>;
}
