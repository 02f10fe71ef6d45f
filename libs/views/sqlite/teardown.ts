import type { Database } from '#sqlite-file';

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

/** Drops a build's tables, which are empty. */
export function dropTables(db: Database, { docs, arrays, dropped }: Layout): void {
  for (const table of [docs, arrays, dropped]) db.exec(`DROP TABLE ${table}`);
}
