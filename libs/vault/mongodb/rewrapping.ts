import { Binary, type AnyBulkWriteOperation, type Collection, type Filter } from 'mongodb';

import { derivedId, type KekId, type KeyId, type LedgerId } from '#kernel';

import { unwrapKey, wrapKey } from '../wrapping.js';
import { writing, type Engine } from './engine.js';
import type { KeyRow, SecretRow } from './schema.js';

/** A row that holds something wrapped. */
interface Wrapped {
  readonly _id: string;
  readonly key: KeyId;
  readonly kek: KekId;
  readonly wrapped: Binary;
}

/** Moves keys and secrets from other KEKs to the one that the vault names. */
export class Rewrapping {
  constructor(private readonly engine: Engine) {}

  /**
   * Called when rows wrapped under a KEK are written, and before anybody hears of them: where another
   * KEK was named meanwhile, moves them there. When this resolves they were seen by, or came before,
   * everything that whoever named it does next.
   */
  async afterInsert(kind: 'keys' | 'secrets', ids: readonly string[], kek: KekId): Promise<void> {
    if (ids.length === 0) return;
    let under = kek;
    for (;;) {
      const named = await this.engine.keks.lookAgain();
      if (named === under) return;
      under = named;
      await this.engine.keks.load([named]);
      if (kind === 'keys') await this.#moveKeys({ _id: { $in: ids } }, named, ids.length);
      else await this.#moveSecrets({ _id: { $in: ids } }, named, ids.length);
    }
  }

  /** Moves at most `limit` rows to the KEK that is named now. */
  async batch(limit: number): Promise<number> {
    const named = await this.engine.keks.lookAgain();
    await this.engine.keks.load([named]);
    const secrets = await this.#moveSecrets({}, named, limit);
    return secrets === limit
      ? secrets
      : secrets + (await this.#moveKeys({}, named, limit - secrets));
  }

  async #moveKeys(which: Filter<KeyRow>, to: KekId, limit: number): Promise<number> {
    const { keys } = this.engine.rows;
    // $gt too: only rows that have a KEK, so only those of the sparse index.
    const old = { ...which, kek: { $gt: '' as KekId, $ne: to } };
    const rows = await this.engine.store.run(() => keys.find(old).limit(limit).toArray());
    const wrapped = rows.flatMap(({ _id, key, kek, wrapped: bytes }) =>
      key === undefined || kek === undefined || bytes === undefined
        ? []
        : [{ _id, key, kek, wrapped: bytes }],
    );
    return this.#move(keys, wrapped, to);
  }

  async #moveSecrets(which: Filter<SecretRow>, to: KekId, limit: number): Promise<number> {
    const { secrets } = this.engine.rows;
    const old = { ...which, kek: { $ne: to } };
    const rows = await this.engine.store.run(() => secrets.find(old).limit(limit).toArray());
    const ledger = await this.engine.ledger.get();
    const wrapped = rows.map((row) => ({ ...row, key: secretKey(ledger, row._id) }));
    return this.#move(secrets, wrapped, to);
  }

  /** What was destroyed or moved meanwhile has not that wrapped key any more, and stays as it is. */
  async #move<Row extends KeyRow | SecretRow>(
    rows: Collection<Row>,
    found: readonly Wrapped[],
    to: KekId,
  ): Promise<number> {
    if (found.length === 0) return 0;
    const ledger = await this.engine.ledger.get();
    await this.engine.keks.load(found.map((row) => row.kek));
    const moves = found.map(({ _id, key, kek, wrapped }) => ({
      updateOne: {
        filter: { _id, kek, wrapped },
        update: { $set: { kek: to, wrapped: this.#rewrap({ ledger, key }, kek, to, wrapped) } },
      },
      // The driver's types cannot see that both kinds of rows have these fields.
    })) as unknown as AnyBulkWriteOperation<Row>[];
    const { modifiedCount } = await writing(this.engine, () =>
      rows.bulkWrite(moves, { ordered: false }),
    );
    return modifiedCount;
  }

  #rewrap(
    place: { readonly ledger: LedgerId; readonly key: KeyId },
    from: KekId,
    to: KekId,
    wrapped: Binary,
  ): Binary {
    const { keks } = this.engine;
    const key = unwrapKey(keks.held(from), { ...place, kek: from }, wrapped.buffer);
    const moved = wrapKey(keks.held(to), { ...place, kek: to }, key);
    key.fill(0);
    return new Binary(moved);
  }
}

/** Binds a wrapped secret to its name: the id in its context is derived from that. */
export function secretKey(ledger: LedgerId, name: string): KeyId {
  return derivedId<KeyId>(ledger, `secret:${name}`);
}
