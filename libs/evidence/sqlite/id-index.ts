import type { EventId } from '#kernel';
import type { Database, Statement } from '#sqlite-file';

import { ID_BYTES, idBytes } from '../ids.js';
import { TILE_WIDTH } from '../port.js';
import { bufferOf, idAt } from './leaf-tiles.js';

/** Leaves of one run, at least: few enough that sealing them holds nobody up. */
export const RUN = 8_192;

/** What stands for an id in a run: its first bytes. */
const KEY_BYTES = 8;
const ENTRY_BYTES = KEY_BYTES + 4;
/** Of the first bits of an id. */
const BUCKETS = 512;

type TileIds = readonly [tile: number, ids: Uint8Array];

/** The ids of the leaves from one on, up to the last. */
class IdTail {
  readonly #tiles: Statement<TileIds>;

  constructor(db: Database) {
    this.#tiles = db.prepare('SELECT tile, ids FROM leaves WHERE tile >= ? ORDER BY tile');
    this.#tiles.setReturnArrays(true);
  }

  from(leaf: number): Buffer {
    const tiles = this.#tiles.all(Math.floor(leaf / TILE_WIDTH)).map(([, ids]) => ids);
    return Buffer.concat(tiles).subarray((leaf % TILE_WIDTH) * ID_BYTES);
  }
}

/**
 * Seals leaves, so that their ids are found. Ids are random, and an index over all of them would have
 * each leaf write a page of its own: measured, that is more than all else that a leaf costs, and it
 * grows. So the ids of {@link RUN} leaves are written at once, to a row for each bucket of a run, and
 * never touched again. The leaves that are in no run yet are looked through one by one.
 */
export class IdWriter {
  readonly #tail: IdTail;
  readonly #seal: Statement<never>;

  constructor(db: Database) {
    this.#tail = new IdTail(db);
    this.#seal = db.prepare('INSERT INTO runs VALUES (?, ?, ?)');
  }

  /**
   * Makes a run where there are enough leaves for one; within a transaction.
   * @param sealed how many leaves are in runs
   * @returns how many are now
   */
  seal(sealed: number, size: number): number {
    if (size - sealed < RUN) return sealed;
    const ids = this.#tail.from(sealed);
    const buckets = Array.from({ length: BUCKETS }, (): number[] => []);
    for (let at = 0; at < ids.length; at += ID_BYTES) buckets[bucketOf(ids, at)]?.push(at);
    for (const [bucket, places] of buckets.entries()) {
      if (places.length === 0) continue;
      const entries = Buffer.allocUnsafe(places.length * ENTRY_BYTES);
      for (const [n, at] of places.entries()) {
        ids.copy(entries, n * ENTRY_BYTES, at, at + KEY_BYTES);
        entries.writeUInt32BE(at / ID_BYTES, n * ENTRY_BYTES + KEY_BYTES);
      }
      this.#seal.run(bucket, sealed, entries);
    }
    return size;
  }
}

/** Ids that are looked for, by the number that their bytes begin with. */
type Wanted = ReadonlyMap<number, readonly EventId[]>;

/** Finds the first leaf of each of some ids. */
export class IdReader {
  readonly #tail: IdTail;
  readonly #sealed: Statement<readonly [number]>;
  readonly #runs: Statement<readonly [number, Uint8Array]>;
  readonly #leaf: Statement<{ readonly ids: Uint8Array; readonly texts: string | null }>;

  constructor(db: Database) {
    this.#tail = new IdTail(db);
    this.#sealed = db.prepare('SELECT sealed FROM tree');
    this.#runs = db.prepare(
      'SELECT first, entries FROM runs WHERE bucket = ? AND instr(entries, ?) > 0 ORDER BY first',
    );
    this.#leaf = db.prepare('SELECT ids, texts FROM leaves WHERE tile = ?');
    for (const each of [this.#sealed, this.#runs]) each.setReturnArrays(true);
  }

  find(ids: readonly EventId[]): ReadonlyMap<EventId, number> {
    // The tail before the runs: what another process seals in between is found in both.
    const found = this.#inTail(ids);
    for (const id of ids) {
      const leaf = this.#inRuns(id);
      if (leaf !== undefined) found.set(id, leaf);
    }
    return found;
  }

  #inTail(ids: readonly EventId[]): Map<EventId, number> {
    const found = new Map<EventId, number>();
    const sealed = this.#sealed.get()?.[0] ?? 0;
    const wanted = byBeginning(ids);
    const tail = this.#tail.from(sealed);
    for (let at = 0; at < tail.length; at += ID_BYTES) {
      const leaf = sealed + at / ID_BYTES;
      for (const id of wanted.get(tail.readUInt32BE(at)) ?? []) {
        if (!found.has(id) && this.#isAt(id, leaf)) found.set(id, leaf);
      }
    }
    return found;
  }

  #inRuns(id: EventId): number | undefined {
    const bytes = idBytes(id);
    const key = bytes.subarray(0, KEY_BYTES);
    for (const [first, entries] of this.#runs.all(bucketOf(bytes, 0), key)) {
      const view = bufferOf(entries);
      for (let at = 0; at < view.length; at += ENTRY_BYTES) {
        if (key.compare(view, at, at + KEY_BYTES) !== 0) continue;
        const leaf = first + view.readUInt32BE(at + KEY_BYTES);
        if (this.#isAt(id, leaf)) return leaf;
      }
    }
    return undefined;
  }

  /** Ids that are others may begin alike: the leaf itself says whose it is. */
  #isAt(id: EventId, leaf: number): boolean {
    const tile = this.#leaf.get(Math.floor(leaf / TILE_WIDTH));
    return tile !== undefined && idAt(tile, leaf % TILE_WIDTH) === id;
  }
}

function bucketOf(ids: Buffer, at: number): number {
  return Math.floor((ids.readUInt16BE(at) * BUCKETS) / 2 ** 16);
}

function byBeginning(ids: readonly EventId[]): Wanted {
  const wanted = new Map<number, EventId[]>();
  for (const id of ids) {
    const beginning = idBytes(id).readUInt32BE();
    const others = wanted.get(beginning);
    if (others === undefined) wanted.set(beginning, [id]);
    else others.push(id);
  }
  return wanted;
}
