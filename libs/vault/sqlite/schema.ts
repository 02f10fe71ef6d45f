import { createMeta, tag, type FileFormat, type Migration } from '#sqlite-file';

/**
 * Version 1. Ids are 16 bytes, times milliseconds since 1970, `wrapped` 60 bytes (docs/format.md).
 *
 * A key's row stays for ever: destroyed, it is the fence. `grave` numbers destructions in their
 * order. Only rows that still hold a wrapped key are in `keys_by_kek`, which is what rotation walks.
 */
const createTables: Migration = (db) => {
  createMeta(db);
  db.exec(`
    CREATE TABLE keks (
      number INTEGER PRIMARY KEY,
      id BLOB NOT NULL UNIQUE,
      state TEXT NOT NULL CHECK (state IN ('current', 'retiring', 'retired')),
      created_at INTEGER NOT NULL,
      rotated_at INTEGER,
      due_at INTEGER,
      retired_at INTEGER
    ) STRICT;
    CREATE UNIQUE INDEX keks_current ON keks (state) WHERE state = 'current';

    CREATE TABLE keys (
      number INTEGER PRIMARY KEY,
      id BLOB NOT NULL UNIQUE,
      subject BLOB NOT NULL,
      category TEXT NOT NULL,
      scope TEXT NOT NULL,
      state TEXT NOT NULL,
      kek INTEGER REFERENCES keks (number),
      wrapped BLOB,
      fingerprint BLOB NOT NULL,
      created_at INTEGER NOT NULL,
      event BLOB,
      destroyed_at INTEGER,
      grave INTEGER,
      UNIQUE (subject, category, scope),
      CHECK (
        CASE state
          WHEN 'live' THEN wrapped IS NOT NULL AND kek IS NOT NULL AND event IS NULL
            AND grave IS NULL
          WHEN 'fenced' THEN wrapped IS NOT NULL AND kek IS NOT NULL AND event IS NOT NULL
            AND grave IS NULL
          WHEN 'destroyed' THEN wrapped IS NULL AND kek IS NULL AND event IS NOT NULL
            AND grave IS NOT NULL AND destroyed_at IS NOT NULL
          ELSE false
        END
      )
    ) STRICT;
    CREATE INDEX keys_by_kek ON keys (kek) WHERE wrapped IS NOT NULL;
    CREATE UNIQUE INDEX keys_by_grave ON keys (grave) WHERE grave IS NOT NULL;

    CREATE TABLE fences (
      subject BLOB NOT NULL,
      category TEXT NOT NULL,
      scope TEXT NOT NULL,
      event BLOB NOT NULL,
      PRIMARY KEY (subject, category, scope)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE secrets (
      name TEXT PRIMARY KEY,
      kek INTEGER NOT NULL REFERENCES keks (number),
      wrapped BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE reservations (
      hash TEXT PRIMARY KEY,
      stream TEXT NOT NULL,
      key BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX reservations_by_key ON reservations (key);

    CREATE TABLE leases (
      name TEXT PRIMARY KEY,
      epoch INTEGER NOT NULL,
      holder TEXT NOT NULL,
      expires_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE presence (
      process TEXT PRIMARY KEY,
      what TEXT NOT NULL,
      until INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE credentials (
      id TEXT PRIMARY KEY,
      hash TEXT NOT NULL UNIQUE,
      label TEXT NOT NULL,
      role TEXT NOT NULL CHECK (role IN ('admin', 'staff', 'officer', 'auditor')),
      created_at INTEGER NOT NULL,
      revoked_at INTEGER
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  `);
};

/** Version 2. A note knows the epoch of the lease under which it was written, 0 where there was none. */
const addNoteEpochs: Migration = (db) => {
  db.exec('ALTER TABLE notes ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0');
};

export const PART = 'vault';

/** The vault's file: what is deleted from it is overwritten. */
export const VAULT_FORMAT: FileFormat = {
  part: PART,
  applicationId: tag('PLvt'),
  migrations: [createTables, addNoteEpochs],
  secureDelete: true,
  // Random ids touch pages all over the file: the more of them a checkpoint has, the fewer it writes
  // twice. After a destruction the write-ahead log is truncated whatever its size.
  autoCheckpointPages: 4_000,
  cacheKib: 32_768,
};
