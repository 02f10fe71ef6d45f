import type { Database } from '#sqlite-file';

import { rows } from './rows.js';
import type { Layout } from './schema.js';

const ROWS_AT_ONCE = 2_000;

/** Deletes some rows of a build's tables, few enough to take a moment only; false when none is left. */
export function clearSome(db: Database, { docs, arrays, dropped }: Layout): boolean {
  const some = `LIMIT ${String(ROWS_AT_ONCE)}`;
  const statements = [
    `DELETE FROM ${arrays} WHERE (field, value, doc) IN (SELECT field, value, doc FROM ${arrays} ${some})`,
    `DELETE FROM ${docs} WHERE seq IN (SELECT seq FROM ${docs} ${some})`,
    `DELETE FROM ${dropped} WHERE id IN (SELECT id FROM ${dropped} ${some})`,
  ];
  return statements.some((sql) => db.prepare(sql).run().changes > 0);
}

/** Drops one index of a build, of which every row that is deleted would cost; false when none is left. */
export function dropIndexes(db: Database, { docs }: Layout): boolean {
  const found = rows<[string]>(
    db,
    `SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL LIMIT 1`,
  ).get(docs);
  if (found === undefined) return false;
  db.exec(`DROP INDEX ${found[0]}`);
  return true;
}

/** Drops a build's tables, which are empty. */
export function dropTables(db: Database, { docs, arrays, dropped }: Layout): void {
  for (const table of [docs, arrays, dropped]) db.exec(`DROP TABLE ${table}`);
}
