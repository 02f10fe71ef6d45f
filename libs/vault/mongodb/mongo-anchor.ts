import type { Collection } from 'mongodb';

import { faultPoint, IntegrityError, Outage, type LedgerId } from '#kernel';
import {
  claimStore,
  inChunks,
  insertedFirst,
  META,
  openMeta,
  openMongoStore,
  type MongoStore,
  type MongoStoreOptions,
} from '#mongo-store';

import type { Anchor, AnchoredKey } from '../anchor.js';
import { assertHead, assertRestoredLog, type RestoredLog, type SignedHead } from '../heads.js';
import {
  ANCHOR,
  ANCHOR_FORMAT,
  ANCHOR_ROWS,
  headOfRow,
  keyOfRow,
  makeAnchorIndexes,
  restoredOfRow,
  type AnchorMeta,
  type DestroyedRow,
  type HeadRow,
  type RestoredRow,
} from './anchor-schema.js';
import { LedgerCell } from './engine.js';
import { instantDate } from './schema.js';

export type MongoAnchorOptions = MongoStoreOptions;

const PAGE = 1_000;

/**
 * Opens the anchor in a database of its own, and makes it if it is not there. It must not be restored
 * with the vault: where both are on one server, their backups are not to be one.
 * @throws InvalidInput, IntegrityError `format-newer`, `mongodb-standalone`; Outage
 */
export async function openMongoAnchor(url: string, options: MongoAnchorOptions): Promise<Anchor> {
  const store = await openMongoStore(ANCHOR, url, options);
  try {
    await openMeta(store, ANCHOR_FORMAT);
    await makeAnchorIndexes(store);
  } catch (error) {
    await store.close();
    throw error;
  }
  return new MongoAnchor(store);
}

/** The anchor in a MongoDB database, which many processes may have open. Nothing in it is changed. */
export class MongoAnchor implements Anchor {
  readonly #ledger: LedgerCell;
  readonly #meta: Collection<AnchorMeta>;
  readonly #destroyed: Collection<DestroyedRow>;
  readonly #heads: Collection<HeadRow>;
  readonly #restored: Collection<RestoredRow>;

  constructor(private readonly store: MongoStore) {
    this.#ledger = new LedgerCell(store);
    this.#meta = store.db.collection(META);
    this.#destroyed = store.db.collection(ANCHOR_ROWS.destroyed);
    this.#heads = store.db.collection(ANCHOR_ROWS.heads);
    this.#restored = store.db.collection(ANCHOR_ROWS.restored);
  }

  ledgerId(): Promise<LedgerId | undefined> {
    return this.#ledger.read();
  }

  claim(ledger: LedgerId): Promise<void> {
    return claimStore(this.store, { format: ANCHOR_FORMAT, ledger }, { noted: 0 });
  }

  /** Numbers first: whoever begins after this is done gets higher ones. */
  async recordDestroyed(keys: readonly AnchoredKey[]): Promise<void> {
    if (keys.length === 0) return;
    await this.#writing(async () => {
      const before = await this.#meta.findOneAndUpdate(
        { _id: ANCHOR },
        { $inc: { noted: keys.length } },
      );
      if (before === null) throw unclaimed();
      const rows = keys.map(({ key, by, at }, place) => ({
        _id: before.noted + place + 1,
        key,
        by,
        at: instantDate(at),
      }));
      await inChunks(rows, (part) => this.#destroyed.insertMany(part));
    });
  }

  async *destroyed(): AsyncIterable<readonly AnchoredKey[]> {
    for (let after = 0; ;) {
      const rows = await this.#page(after);
      const last = rows.at(-1);
      if (last === undefined) return;
      yield rows.map(keyOfRow);
      after = last._id;
    }
  }

  /** Whoever meets another's reads it in the same session, so when a majority has it. */
  async claimHead(head: SignedHead): Promise<SignedHead> {
    assertHead(head);
    if ((await this.#ledger.read()) === undefined) throw unclaimed();
    const { origin, size, root } = head;
    const _id = `${origin}:${size}`;
    return this.#writing(() =>
      this.store.inSession(async (_, session) => {
        const row = { _id, origin, size, root };
        if (await insertedFirst(() => this.#heads.insertOne(row, { session }))) return head;
        const winner = await this.#heads.findOne({ _id }, { session });
        if (winner === null) throw new Outage(ANCHOR, 'winner-not-seen');
        return headOfRow(winner);
      }),
    );
  }

  async lastHead(origin: string): Promise<SignedHead | undefined> {
    const row = await this.store.inFreshSession(0, (_, session) =>
      this.#heads.findOne({ origin }, { sort: { size: -1 }, session }),
    );
    return row === null ? undefined : headOfRow(row);
  }

  async recordRestored(restored: RestoredLog): Promise<RestoredLog> {
    assertRestoredLog(restored);
    if ((await this.#ledger.read()) === undefined) throw unclaimed();
    const { origin: _id } = restored;
    const row = { ...restored, _id, at: instantDate(restored.at) };
    return this.#writing(() =>
      this.store.inSession(async (_, session) => {
        if (await insertedFirst(() => this.#restored.insertOne(row, { session }))) return restored;
        const winner = await this.#restored.findOne({ _id }, { session });
        if (winner === null) throw new Outage(ANCHOR, 'winner-not-seen');
        return restoredOfRow(winner);
      }),
    );
  }

  async restored(): Promise<readonly RestoredLog[]> {
    const rows = await this.store.inFreshSession(0, (_, session) =>
      this.#restored.find({}, { session }).sort({ at: 1 }).toArray(),
    );
    return rows.map(restoredOfRow);
  }

  close(): Promise<void> {
    return this.store.close();
  }

  #page(after: number): Promise<readonly DestroyedRow[]> {
    return this.store.inFreshSession(0, (_, session) =>
      this.#destroyed
        .find({ _id: { $gt: after } }, { session })
        .sort({ _id: 1 })
        .limit(PAGE)
        .toArray(),
    );
  }

  async #writing<T>(work: () => Promise<T>): Promise<T> {
    faultPoint('anchor.before-append');
    const written = await this.store.run(work);
    faultPoint('anchor.after-append');
    return written;
  }
}

function unclaimed(): IntegrityError {
  return new IntegrityError('anchor-unclaimed', 'the anchor has no ledger');
}
