import { createHash } from 'node:crypto';

import type { EventId } from '#kernel';
import type { Database, Statement } from '#sqlite-file';

import { idOf, storedId, type StoredId } from './stored-values.js';

/** Leaves of one run: few enough that sealing them holds nobody up. */
export const RUN = 8_192;

const KEY_BYTES = 8;
const ENTRY_BYTES = KEY_BYTES + 4;
/** Of the 16 bits that a key begins with. */
const BUCKET_BITS = 9;

/** What stands for an id in a run: its first bytes, of a text those of its SHA-256. */
function keyOf(stored: StoredId): Buffer {
  if (typeof stored === 'string') {
    return createHash('sha256').update(stored).digest().subarray(0, KEY_BYTES);
  }
  return Buffer.from(stored.buffer, stored.byteOffset, KEY_BYTES);
}

function bucketOf(key: Buffer): number {
  return key.readUInt16BE() >> (16 - BUCKET_BITS);
}

/**
 * Adds leaves to the index of ids. Ids are random, and one index over all of them would have each leaf
 * write a page of its own: measured, that is more than all else that a leaf costs, and it grows. So
 * only the newest stand in an index (`recent`); whenever there are {@link RUN} of them they are sealed:
 * written to the buckets of a run, by their first bits, which never change again.
 */
export class IdWriter {
  readonly #add: Statement<never>;
  readonly #recent: Statement<readonly [StoredId, number]>;
  readonly #seal: Statement<never>;
  readonly #clear: Statement<never>;

  constructor(db: Database) {
    // In their order, so that neighbours meet on a page; of two the first stays.
    this.#add = db.prepare(
      'INSERT OR IGNORE INTO recent SELECT id, min(leaf) FROM leaves WHERE leaf >= ? GROUP BY id',
    );
    this.#recent = db.prepare('SELECT id, leaf FROM recent');
    this.#recent.setReturnArrays(true);
    this.#seal = db.prepare('INSERT INTO runs VALUES (?, ?, ?)');
    this.#clear = db.prepare('DELETE FROM recent');
  }

  /**
   * Leaves from `from` on, which are in their table; within a transaction.
   * @param sealed how many leaves were in runs before
   * @returns how many are now
   */
  add(from: number, size: number, sealed: number): number {
    this.#add.run(from);
    if (size - sealed < RUN) return sealed;
    const buckets = new Map<number, Buffer[]>();
    for (const [id, leaf] of this.#recent.all()) {
      const key = keyOf(id);
      const entry = Buffer.allocUnsafe(ENTRY_BYTES);
      key.copy(entry);
      entry.writeUInt32BE(leaf - sealed, KEY_BYTES);
      const bucket = bucketOf(key);
      const entries = buckets.get(bucket);
      if (entries === undefined) buckets.set(bucket, [entry]);
      else entries.push(entry);
    }
    for (const [bucket, entries] of buckets) this.#seal.run(bucket, sealed, Buffer.concat(entries));
    this.#clear.run();
    return size;
  }
}

/** Finds the leaf of an id. */
export class IdReader {
  readonly #recent: Statement<readonly [number]>;
  readonly #runs: Statement<readonly [number, Uint8Array]>;
  readonly #id: Statement<readonly [StoredId]>;

  constructor(db: Database) {
    this.#recent = db.prepare('SELECT leaf FROM recent WHERE id = ?');
    this.#runs = db.prepare(
      'SELECT first, entries FROM runs WHERE bucket = ? AND instr(entries, ?) > 0 ORDER BY first',
    );
    this.#id = db.prepare('SELECT id FROM leaves WHERE leaf = ?');
    for (const each of [this.#recent, this.#runs, this.#id]) each.setReturnArrays(true);
  }

  /** The first leaf of an id. */
  find(id: EventId): number | undefined {
    const stored = storedId(id);
    // Before the runs: what another process seals in between is then found there.
    const recent = this.#recent.get(stored)?.[0];
    return this.#sealed(id, keyOf(stored)) ?? recent;
  }

  /** Keys are parts of ids, so what is found by one is compared with the leaf itself. */
  #sealed(id: EventId, key: Buffer): number | undefined {
    for (const [first, entries] of this.#runs.all(bucketOf(key), key)) {
      const view = Buffer.from(entries.buffer, entries.byteOffset, entries.byteLength);
      for (let at = 0; at < view.length; at += ENTRY_BYTES) {
        if (key.compare(view, at, at + KEY_BYTES) !== 0) continue;
        const leaf = first + view.readUInt32BE(at + KEY_BYTES);
        const found = this.#id.get(leaf);
        if (found !== undefined && idOf(found[0]) === id) return leaf;
      }
    }
    return undefined;
  }
}
