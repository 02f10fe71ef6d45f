import { createMeta, tag, type Database, type FileFormat } from '#sqlite-file';

/** The part of the ledger that this file belongs to, as in `Outage`. */
export const PART = 'evidence';

/**
 * The tree can be made again, so a commit need not be on the disk: what a power cut takes is the
 * newest, tiles, leaves and state together.
 */
export const TREE_FORMAT: FileFormat = {
  part: PART,
  applicationId: tag('PLev'),
  migrations: [createTables],
  synchronous: 'NORMAL',
  cacheKib: 16_384,
  autoCheckpointPages: 4_000,
};

/**
 * `leaves` holds which events the leaves of a tile are of (`leaf-tiles.ts`), `runs` where the leaf of an
 * id is: of those that are sealed, in buckets that are written once (`id-index.ts`).
 */
function createTables(db: Database): void {
  createMeta(db);
  db.exec(`
    CREATE TABLE tree (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      size INTEGER NOT NULL,
      position ANY NOT NULL,
      epoch INTEGER NOT NULL,
      sealed INTEGER NOT NULL,
      doubted INTEGER NOT NULL,
      checkpoint TEXT
    ) STRICT;
    INSERT INTO tree VALUES (1, 0, '', 0, 0, 0, NULL);

    CREATE TABLE tiles (
      level INTEGER NOT NULL,
      tile INTEGER NOT NULL,
      hashes BLOB NOT NULL,
      PRIMARY KEY (level, tile)
    ) STRICT;

    CREATE TABLE leaves (
      tile INTEGER PRIMARY KEY,
      ids BLOB NOT NULL,
      positions TEXT NOT NULL,
      texts TEXT
    ) STRICT;

    CREATE TABLE runs (
      bucket INTEGER NOT NULL,
      first INTEGER NOT NULL,
      entries BLOB NOT NULL,
      PRIMARY KEY (bucket, first)
    ) STRICT, WITHOUT ROWID;
  `);
}
