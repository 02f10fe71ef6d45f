import { copyFile, cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { Db, Document, IndexDescription } from 'mongodb';

import { FILES } from '../../apps/composition/index.js';
import { databaseOf, eventStoreDbOf, journalIn, restoreEventStoreDb } from './places.js';

/** A store that backups are made of. */
export type Store = Exclude<keyof typeof FILES, 'tree'>;

/** A collection with what belongs to it. */
interface CollectionCopy {
  readonly name: string;
  readonly options: { readonly validator?: Document };
  readonly indexes: readonly IndexDescription[];
  readonly documents: readonly Document[];
}

const COPY = 'copy';
/** Copies of databases, by folder and part. */
const databases = new Map<string, readonly CollectionCopy[]>();

/** Copies all stores of a folder's ledger, which nobody has open. */
export async function copyStores(folder: string): Promise<void> {
  await cp(join(folder, 'data'), join(folder, COPY), { recursive: true });
  if (eventStoreDbOf(folder) !== undefined) {
    await copyFile(journalIn(folder), join(folder, COPY, 'journal'));
  }
  for (const part of ['vault', 'views'] as const) {
    const database = databaseOf(folder, part);
    if (database !== undefined) databases.set(`${folder}:${part}`, await dump(database));
  }
}

/** Puts stores back to what {@link copyStores} has copied, as a restored backup does. */
export async function putBack(folder: string, stores: readonly Store[]): Promise<void> {
  for (const store of stores) {
    const database = store === 'log' ? undefined : databaseOf(folder, store);
    if (database !== undefined) {
      await restore(database, databases.get(`${folder}:${store}`) ?? []);
    } else if (store === 'log' && eventStoreDbOf(folder) !== undefined) {
      await restoreEventStoreDb(folder, join(folder, COPY, 'journal'));
    } else {
      await putBackFile(folder, store);
    }
  }
}

/** Loses the tree of a folder's ledger, which nobody has open. */
export async function removeTree(folder: string): Promise<void> {
  for (const beside of ['', '-wal', '-shm']) {
    await rm(join(folder, 'data', FILES.tree + beside), { force: true });
  }
  const database = databaseOf(folder, 'views');
  if (database !== undefined) await database.collection('tree').deleteMany({});
}

async function putBackFile(folder: string, store: Store): Promise<void> {
  await mkdir(join(folder, 'data'), { recursive: true });
  const path = join(folder, 'data', FILES[store]);
  for (const beside of ['-wal', '-shm']) await rm(path + beside, { force: true });
  await cp(join(folder, COPY, FILES[store]), path);
}

async function dump(database: Db): Promise<readonly CollectionCopy[]> {
  const listed = await database.listCollections({}, { nameOnly: false }).toArray();
  return Promise.all(
    listed.map(async ({ name, options = {} }) => {
      const collection = database.collection(name);
      const indexes = await collection.indexes();
      return {
        name,
        options,
        indexes: indexes.filter(({ key }) => !('_id' in key)),
        documents: await collection.find().toArray(),
      };
    }),
  );
}

async function restore(database: Db, copies: readonly CollectionCopy[]): Promise<void> {
  await database.dropDatabase();
  for (const { name, options, indexes, documents } of copies) {
    // Rules that only later documents must keep are put on in the end.
    const { validator, ...rest } = options;
    const collection = await database.createCollection(name, rest);
    if (documents.length > 0) await collection.insertMany([...documents]);
    if (indexes.length > 0) await collection.createIndexes([...indexes]);
    if (validator !== undefined) await database.command({ collMod: name, validator });
  }
}
