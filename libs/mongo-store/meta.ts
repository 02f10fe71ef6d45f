import type { Document } from 'mongodb';

import { IntegrityError } from '#kernel';

import { onceMoreIfDuplicate } from './faults.js';
import { META, type MongoStore } from './store.js';

/** What a database says of itself: whose it is, and in which format. */
export interface Meta {
  /** The part of the ledger. */
  readonly _id: string;
  readonly format: number;
  readonly ledger: string;
}

/** What a database says of itself; undefined until it was claimed. */
export async function metaOf<M extends Meta = Meta>(store: MongoStore): Promise<M | undefined> {
  const found = await store.run((db) => db.collection<Meta>(META).findOne({ _id: store.part }));
  return (found ?? undefined) as M | undefined;
}

/** Looks that this program knows the database's format. @throws IntegrityError `format-newer` */
export async function openMeta(store: MongoStore, format: number): Promise<void> {
  const meta = await metaOf(store);
  if (meta === undefined || meta.format <= format) return;
  throw new IntegrityError('format-newer', `${store.part}: was written by a newer version`);
}

/**
 * Sets the ledger's id, once, and what the part adds to it. Setting the same again is no change.
 * @throws IntegrityError `ledger-id-differs` where the database is another ledger's
 */
export async function claimStore(
  store: MongoStore,
  meta: Omit<Meta, '_id'>,
  more: Document = {},
): Promise<void> {
  const standing = await store.run((db) =>
    onceMoreIfDuplicate(() =>
      db
        .collection<Meta>(META)
        .findOneAndUpdate(
          { _id: store.part },
          { $setOnInsert: { ...meta, ...more } },
          { upsert: true, returnDocument: 'after' },
        ),
    ),
  );
  if (standing?.ledger === meta.ledger) return;
  throw new IntegrityError(
    'ledger-id-differs',
    `${store.part}: the database belongs to another ledger`,
  );
}
