import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';

import { IntegrityError } from '#kernel';

import { BUSY_LIMIT_MILLIS, whileBusy } from './busy.js';
import type { Database } from './database.js';
import { sqliteFault } from './faults.js';

/** Brings a file from one format version to the next, inside a transaction that it does not end. */
export type Migration = (db: Database) => void;

/** What a kind of file is, and how its connections behave. */
export interface FileFormat {
  /** The part of the ledger that the file belongs to, as in `Outage`. */
  readonly part: string;
  /** Marks files of this kind (`PRAGMA application_id`): four letters as a number, see {@link tag}. */
  readonly applicationId: number;
  /**
   * The steps to the newest format version: the first makes version 1 out of an empty file, the
   * n-th version n out of n-1. Their number is the format version (`PRAGMA user_version`).
   */
  readonly migrations: readonly Migration[];
  /** Overwrites what is deleted, free pages included. Off unless asked for. */
  readonly secureDelete?: boolean;
  /** `FULL` (default): a commit is on the disk when it returns. `NORMAL` for what can be rebuilt. */
  readonly synchronous?: 'FULL' | 'NORMAL';
  /** Page cache of each connection in KiB. Default 8,192. */
  readonly cacheKib?: number;
  /** Pages in the write-ahead log at which a commit copies them to the file. Default 1,000. */
  readonly autoCheckpointPages?: number;
  /** How long to wait for another process's lock while opening. Default 5 s. */
  readonly busyLimitMillis?: number;
}

/** The application id of four ASCII letters. */
export function tag(letters: string): number {
  return Buffer.from(letters, 'latin1').readInt32BE();
}

/**
 * Opens a file for reading and writing, in WAL mode; makes it if it does not exist, and brings an
 * older format to the newest. The folder must exist. `:memory:` is not possible, since a file has
 * several connections.
 *
 * @throws IntegrityError `format-newer` for a file of a later program, `format-foreign` for one of
 * another kind, `store-corrupt` for a damaged one
 * @throws Outage with reason `format-in-use` where the format must change and another connection
 * has the file open
 */
export async function openDatabase(file: string, format: FileFormat): Promise<Database> {
  const limit = format.busyLimitMillis ?? BUSY_LIMIT_MILLIS;
  let migrating = false;
  return whileBusy(
    format.part,
    limit,
    () => {
      migrating = formatVersion(file, format) < format.migrations.length;
      if (migrating) migrate(file, format);
      return connect(file, format);
    },
    () => (migrating ? 'format-in-use' : 'busy'),
  );
}

/**
 * Opens another connection to a file that {@link openDatabase} has opened, for reading only: a
 * write on it fails. Rarely, it waits up to 100 ms for another process that recovers the file.
 */
export async function openReader(file: string, format: FileFormat): Promise<Database> {
  const limit = format.busyLimitMillis ?? BUSY_LIMIT_MILLIS;
  return whileBusy(format.part, limit, () => {
    const db = connect(file, format);
    db.exec('PRAGMA query_only = ON; PRAGMA busy_timeout = 100');
    return db;
  });
}

/**
 * Closes a connection; one that may write tidies up first. The engine keeps a closed connection's
 * hold on the file until its statements are collected, so what would stay locked is let go here.
 */
export function closeDatabase(db: Database): void {
  if (!db.isOpen) return;
  try {
    if (db.isTransaction) db.exec('ROLLBACK');
    // Does what it can: a reader may be in the way, and a reading connection may not.
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch (error) {
    if (sqliteFault(error) === undefined) throw error;
  } finally {
    db.close();
  }
}

function connect(file: string, format: FileFormat): Database {
  const db = new DatabaseSync(file, { timeout: 0 });
  try {
    configure(db, format);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function configure(db: DatabaseSyncInstance, format: FileFormat): void {
  const secureDelete = format.secureDelete ?? false;
  db.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = ${format.synchronous ?? 'FULL'};
    PRAGMA fullfsync = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA trusted_schema = OFF;
    PRAGMA cache_size = -${String(format.cacheKib ?? 8_192)};
    PRAGMA wal_autocheckpoint = ${String(format.autoCheckpointPages ?? 1_000)};
    PRAGMA secure_delete = ${secureDelete ? 'ON' : 'OFF'};
  `);
  if (pragma(db, 'secure_delete') !== (secureDelete ? 1 : 0)) {
    throw new IntegrityError('secure-delete', `${format.part}: secure_delete cannot be set`);
  }
  if (pragma(db, 'journal_mode') !== 'wal') {
    throw new IntegrityError('no-wal', `${format.part}: the file cannot have a write-ahead log`);
  }
}

/** The format version of a file that is not open yet. */
function formatVersion(file: string, format: FileFormat): number {
  const db = new DatabaseSync(file, { timeout: 0 });
  try {
    return checkedVersion(db, format);
  } finally {
    db.close();
  }
}

/** The format version of an open file, 0 for an empty one; refuses what is not ours to open. */
export function checkedVersion(db: DatabaseSyncInstance, format: FileFormat): number {
  const version = Number(pragma(db, 'user_version'));
  if (version === 0 && scalar(db, 'count(*) FROM sqlite_schema') === 0) return 0;
  if (pragma(db, 'application_id') !== format.applicationId) {
    throw new IntegrityError('format-foreign', `${format.part}: a file of another kind`);
  }
  if (version > format.migrations.length) {
    throw new IntegrityError(
      'format-newer',
      `${format.part}: format ${String(version)}, this program knows ${String(format.migrations.length)}`,
    );
  }
  return version;
}

/**
 * All steps in one transaction, on a connection that has the file for itself: a file leaves WAL mode
 * only while nobody else has it open.
 */
function migrate(file: string, format: FileFormat): void {
  const db = new DatabaseSync(file, { timeout: 0 });
  try {
    db.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON');
    db.exec(`PRAGMA secure_delete = ${format.secureDelete === true ? 'ON' : 'OFF'}`);
    db.exec('BEGIN EXCLUSIVE');
    // Another process may have been faster since the version was read.
    for (const step of format.migrations.slice(checkedVersion(db, format))) step(db);
    db.exec(`PRAGMA application_id = ${String(format.applicationId)}`);
    db.exec(`PRAGMA user_version = ${String(format.migrations.length)}`);
    db.exec('COMMIT');
  } finally {
    if (db.isTransaction) db.exec('ROLLBACK');
    db.close();
  }
}

/** Reads one pragma's value. */
function pragma(db: DatabaseSyncInstance, name: string): unknown {
  return scalar(db, `${name} FROM pragma_${name}`);
}

/**
 * The first column of a query's only row. Without a statement object: the engine would keep the
 * connection, and its hold on the file, until that is collected.
 */
function scalar(db: DatabaseSyncInstance, query: string): unknown {
  let seen: unknown;
  db.function('see', (value: unknown) => {
    seen = value;
    return null;
  });
  const from = query.indexOf(' FROM ');
  db.exec(`SELECT see(${query.slice(0, from)})${query.slice(from)}`);
  return seen;
}
