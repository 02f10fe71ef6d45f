import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { DatabaseSync } from '@photostructure/sqlite';
import type { Binary } from 'mongodb';

import type { SubjectId } from '#kernel';

import { FILES } from '../../../apps/composition/index.js';
import { databaseOf } from '../../engines/places.js';

/** What the vault in MongoDB has of a key, as far as tests look at it. */
interface StoredKey {
  readonly _id: string;
  readonly wrapped?: Binary;
}

/** The wrapped keys of a person, as they lie in a folder's vault. */
export async function wrappedKeys(folder: string, subject: SubjectId): Promise<readonly Buffer[]> {
  const database = databaseOf(folder, 'vault');
  if (database !== undefined) {
    const rows = await database.collection<StoredKey>('keys').find(keysOf(subject)).toArray();
    return rows.flatMap(({ wrapped }) =>
      wrapped === undefined ? [] : [Buffer.from(wrapped.buffer)],
    );
  }
  const db = new DatabaseSync(vaultFile(folder));
  try {
    const rows = db.prepare('SELECT wrapped FROM keys WHERE subject = ?').all(bytes(subject)) as {
      wrapped: Uint8Array | null;
    }[];
    return rows.flatMap(({ wrapped }) => (wrapped === null ? [] : [Buffer.from(wrapped)]));
  } finally {
    db.close();
  }
}

/**
 * Takes rows of keys out of a folder's vault by hand, as nothing of the ledger ever does.
 *
 * @param category only those of one; all of the person's if left out
 * @returns how many there were
 */
export async function dropKeys(
  folder: string,
  subject: string,
  category?: string,
): Promise<number> {
  const database = databaseOf(folder, 'vault');
  if (database !== undefined) {
    const rows = database.collection<StoredKey>('keys');
    return (await rows.deleteMany(keysOf(subject, category))).deletedCount;
  }
  const db = new DatabaseSync(vaultFile(folder));
  try {
    const drop = db.prepare('DELETE FROM keys WHERE subject = ? AND category LIKE ?');
    return drop.run(bytes(subject), category ?? '%').changes;
  } finally {
    db.close();
  }
}

/** Takes a folder's whole vault away, as a disk that is not mounted does. */
export async function loseVault(folder: string): Promise<void> {
  await databaseOf(folder, 'vault')?.dropDatabase();
  for (const file of ['', '-wal', '-shm']) await rm(vaultFile(folder) + file, { force: true });
}

/** A read transaction on a file, held open by another connection until it is closed. */
export function heldOpen(file: string, table: string): { close(): void } {
  const db = new DatabaseSync(file);
  db.exec(`BEGIN; SELECT count(*) FROM ${table}`);
  return {
    close: () => {
      db.exec('COMMIT');
      db.close();
    },
  };
}

function vaultFile(folder: string): string {
  return join(folder, 'data', FILES.vault);
}

function bytes(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

function keysOf(subject: string, category?: string) {
  return { _id: { $regex: `^${subject}:${category ?? ''}` } };
}
