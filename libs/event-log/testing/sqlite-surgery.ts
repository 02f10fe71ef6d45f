import type { DatabaseSyncInstance } from '@photostructure/sqlite';

const INDEX = 'events_of_stream';

/**
 * Changes the table of events without its index hearing of it, as whoever edits the file below SQL
 * would. For tests only.
 *
 * @param db not defensive, or the engine refuses
 * @param change SQL
 */
export function withoutIndex(db: DatabaseSyncInstance, change: string): void {
  db.exec(
    'PRAGMA writable_schema = ON; CREATE TEMP TABLE hidden AS SELECT * FROM main.sqlite_schema',
  );
  db.exec(`DELETE FROM sqlite_schema WHERE name = '${INDEX}'`);
  reread(db);
  db.exec(change);
  db.exec(`
    PRAGMA writable_schema = ON;
    INSERT INTO sqlite_schema SELECT * FROM hidden WHERE name = '${INDEX}';
    DROP TABLE hidden;`);
  reread(db);
}

/** Has every connection read the schema anew. */
function reread(db: DatabaseSyncInstance): void {
  const version: unknown = db.prepare('PRAGMA schema_version').get();
  const { schema_version: known } = version as { schema_version: number };
  db.exec(`PRAGMA schema_version = ${String(known + 1)}; PRAGMA writable_schema = RESET`);
}
