import { DatabaseSync } from '@photostructure/sqlite';

import type { SubjectId } from '#kernel';

/** The wrapped keys of a person, as they lie in a vault's file. */
export function wrappedKeys(file: string, subject: SubjectId): readonly Buffer[] {
  const db = new DatabaseSync(file);
  try {
    const person = Buffer.from(subject.replaceAll('-', ''), 'hex');
    const rows = db.prepare('SELECT wrapped FROM keys WHERE subject = ?').all(person) as {
      wrapped: Uint8Array | null;
    }[];
    return rows.flatMap(({ wrapped }) => (wrapped === null ? [] : [Buffer.from(wrapped)]));
  } finally {
    db.close();
  }
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

/**
 * Takes rows of keys out of the vault's file by hand, as nothing of the ledger ever does.
 *
 * @param category only those of one; all of the person's if left out
 * @returns how many there were
 */
export function dropKeys(file: string, subject: string, category = '%'): number {
  const db = new DatabaseSync(file);
  try {
    const drop = db.prepare('DELETE FROM keys WHERE subject = ? AND category LIKE ?');
    return drop.run(Buffer.from(subject.replaceAll('-', ''), 'hex'), category).changes;
  } finally {
    db.close();
  }
}
