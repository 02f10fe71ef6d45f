import { Binary, type AnyBulkWriteOperation, type Document, type Filter } from 'mongodb';

import { IntegrityError, type LedgerId } from '#kernel';
import { claimStore, inChunks, META, metaOf } from '#mongo-store';

import type {
  CopiedKek,
  CopiedKey,
  CopiedPage,
  CopiedRows,
  CopiedTable,
  VaultCopying,
} from '../copying.js';
import {
  credentialOfRow,
  fenceOfRow,
  keksOf,
  keyOfRow,
  rowOfCredential,
  rowOfKek,
  rowOfKey,
} from './copied-rows.js';
import { writing, type Engine } from './engine.js';
import {
  coordinatesOf,
  FORMAT,
  PART,
  ROWS,
  type CredentialRow,
  type KeyRow,
  type ReservationRow,
  type SecretRow,
  type VaultMeta,
} from './schema.js';

interface Row extends Document {
  readonly _id: string;
}

/** Takes the vault's MongoDB database to another vault, and another one here. */
export class MongoCopying implements VaultCopying {
  constructor(private readonly engine: Engine) {}

  async keks(): Promise<readonly CopiedKek[]> {
    const meta = await metaOf<VaultMeta>(this.engine.store);
    return meta === undefined ? [] : keksOf(meta);
  }

  async page(table: CopiedTable, after: string, limit: number): Promise<CopiedPage> {
    switch (table) {
      case 'keys': {
        const found = await this.#after<KeyRow>(ROWS.keys, after, limit, { $exists: true });
        return { table, rows: found.map(keyOfRow), next: nextOf(found, limit) };
      }
      case 'fences': {
        const found = await this.#after<KeyRow>(ROWS.keys, after, limit, { $exists: false });
        return { table, rows: found.map(fenceOfRow), next: nextOf(found, limit) };
      }
      case 'secrets': {
        const found = await this.#after<SecretRow>(ROWS.secrets, after, limit);
        const rows = found.map(({ _id: name, kek, wrapped }) => ({
          name,
          kek,
          wrapped: wrapped.buffer,
        }));
        return { table, rows, next: nextOf(found, limit) };
      }
      case 'reservations': {
        const found = await this.#after<ReservationRow>(ROWS.reservations, after, limit);
        const rows = found.map(({ _id: hash, stream, key }) => ({ hash, stream, key }));
        return { table, rows, next: nextOf(found, limit) };
      }
      case 'credentials': {
        const found = await this.#after<CredentialRow>(ROWS.credentials, after, limit);
        return { table, rows: found.map(credentialOfRow), next: nextOf(found, limit) };
      }
    }
  }

  async takeKeks(ledger: LedgerId, keks: readonly CopiedKek[]): Promise<void> {
    const current = keks.find(({ state }) => state === 'current')?.id;
    if (current === undefined) throw new IntegrityError('vault-unclaimed', 'there is no KEK');
    const more = { current, keks: keks.map(rowOfKek), graves: 0 };
    await claimStore(this.engine.store, { format: FORMAT, ledger }, more);
  }

  async take(taken: CopiedRows): Promise<void> {
    switch (taken.table) {
      case 'keys':
        await this.#takeKeys(taken.rows);
        return;
      case 'fences': {
        const rows = taken.rows.map(({ subject, category, scope, by }): KeyRow => {
          const _id = coordinatesOf(subject, category, scope);
          return { _id, state: 'fenced', event: by };
        });
        await this.#put(ROWS.keys, rows);
        return;
      }
      case 'secrets': {
        const rows = taken.rows.map(({ name: _id, kek, wrapped }): SecretRow => {
          return { _id, kek, wrapped: new Binary(wrapped) };
        });
        await this.#put(ROWS.secrets, rows);
        return;
      }
      case 'reservations': {
        const rows = taken.rows.map(({ hash: _id, stream, key }): ReservationRow => {
          return { _id, stream, key };
        });
        await this.#put(ROWS.reservations, rows);
        return;
      }
      case 'credentials':
        await this.#put(ROWS.credentials, taken.rows.map(rowOfCredential));
    }
  }

  /** The counter of graves goes before them: a number is given once. */
  async #takeKeys(taken: readonly CopiedKey[]): Promise<void> {
    const graves = Math.max(0, ...taken.map(({ is }) => (is.state === 'destroyed' ? is.grave : 0)));
    await this.engine.store.run((db) =>
      db.collection<VaultMeta>(META).updateOne({ _id: PART }, { $max: { graves } }),
    );
    // With the key in the question: where another has the coordinates, that is a second row, refused.
    await this.#put(ROWS.keys, taken.map(rowOfKey), ({ _id, key }) => ({ _id, key }));
  }

  async #put<R extends { readonly _id: string }>(
    collection: string,
    rows: readonly R[],
    which: (row: R) => Filter<Row> = ({ _id }) => ({ _id }),
  ): Promise<void> {
    const puts = rows.map((row): AnyBulkWriteOperation<Row> => {
      const filter = which(row);
      const rest = Object.fromEntries(Object.entries(row).filter(([name]) => !(name in filter)));
      return { updateOne: { filter, update: { $setOnInsert: rest }, upsert: true } };
    });
    await writing(this.engine, () =>
      inChunks(puts, (part) =>
        this.engine.store.db.collection<Row>(collection).bulkWrite([...part], { ordered: false }),
      ),
    );
  }

  #after<R extends { readonly _id: string }>(
    collection: string,
    after: string,
    limit: number,
    key?: Document,
  ): Promise<readonly R[]> {
    const which = { _id: { $gt: after }, ...(key === undefined ? {} : { key }) };
    return this.engine.store.inFreshSession(0, (db, session) =>
      db
        .collection(collection)
        .find<R>(which as Document, { session })
        .sort({ _id: 1 })
        .limit(limit)
        .toArray(),
    );
  }
}

function nextOf(rows: readonly { readonly _id: string }[], limit: number): string | undefined {
  return rows.length < limit ? undefined : rows.at(-1)?._id;
}
