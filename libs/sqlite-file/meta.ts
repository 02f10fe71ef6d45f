import { IntegrityError } from '#kernel';

import type { Database } from './database.js';

/** Makes the table of names and values that every file of the ledger has. For a first migration. */
export function createMeta(db: Database): void {
  db.exec('CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID');
}

/** A value of the meta table. */
export function metaValue(db: Database, name: string): string | undefined {
  return db.prepare<{ value: string }>('SELECT value FROM meta WHERE name = ?').get(name)?.value;
}

/** Sets a value of the meta table, whatever it was before. */
export function setMetaValue(db: Database, name: string, value: string): void {
  db.prepare(
    'INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  ).run(name, value);
}

const LEDGER_ID = 'ledger-id';

/** The ledger's id that the file carries, if one was set. */
export function ledgerIdOf(db: Database): string | undefined {
  return metaValue(db, LEDGER_ID);
}

/**
 * Sets the ledger's id, inside a transaction of the caller's. Setting the same again is no change.
 * @throws IntegrityError `ledger-id-differs` where the file is another ledger's
 */
export function claimFor(db: Database, part: string, ledgerId: string): void {
  const standing = ledgerIdOf(db);
  if (standing === ledgerId) return;
  if (standing !== undefined) {
    throw new IntegrityError('ledger-id-differs', `${part}: the file belongs to another ledger`);
  }
  setMetaValue(db, LEDGER_ID, ledgerId);
}
