import { errorCode, IntegrityError, Outage } from '#kernel';

/**
 * What SQLite complains about, as far as we act on it.
 * - `busy`: another connection holds the lock; try again
 * - `full`, `readonly`, `io`, `memory`, `cannot-open`: the machine; nothing of ours is wrong
 * - `fsync`: what was written may or may not be on the disk, and no later fsync will tell
 * - `corrupt`: the file is not a database, or contradicts itself
 * - `constraint`: a row breaks a rule of the schema
 * - `other`: an SQLite error that the program itself has made
 */
export type SqliteFault =
  | 'busy'
  | 'full'
  | 'readonly'
  | 'io'
  | 'fsync'
  | 'memory'
  | 'cannot-open'
  | 'corrupt'
  | 'constraint'
  | 'other';

/** SQLite's primary result codes (sqlite.org/rescode.html). */
const PRIMARY: Readonly<Record<number, SqliteFault>> = {
  5: 'busy',
  6: 'busy',
  7: 'memory',
  8: 'readonly',
  10: 'io',
  11: 'corrupt',
  13: 'full',
  14: 'cannot-open',
  19: 'constraint',
  26: 'corrupt',
};

/** What the engine says of a connection that was closed: it did not ask SQLite. */
const CLOSED = 'ERR_INVALID_STATE';

/** SQLITE_IOERR_FSYNC and SQLITE_IOERR_DIR_FSYNC. */
const FSYNC: ReadonlySet<number> = new Set([1034, 1290]);

/** The fault that an error of SQLite stands for; undefined for any other error. */
export function sqliteFault(error: unknown): SqliteFault | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if (!('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  if (FSYNC.has(error.errcode)) return 'fsync';
  return PRIMARY[error.errcode & 0xff] ?? 'other';
}

/**
 * The error that callers of a port see: an {@link Outage} where the machine is at fault or the
 * connection was closed, an IntegrityError `store-corrupt` where the file is, the error itself in any other case.
 *
 * @param part the part of the ledger that the file belongs to, as in {@link Outage}
 */
export function portError(part: string, error: unknown): unknown {
  if (errorCode(error) === CLOSED) return new Outage(part, 'closed', { cause: error });
  const fault = sqliteFault(error);
  switch (fault) {
    case 'busy':
    case 'full':
    case 'readonly':
    case 'io':
    case 'fsync':
    case 'memory':
    case 'cannot-open':
      return new Outage(part, fault, { cause: error });
    case 'corrupt':
      return new IntegrityError('store-corrupt', `${part}: the file is damaged`, { cause: error });
    case 'constraint':
    case 'other':
    case undefined:
      return error;
  }
}

/** Runs work on a connection, with its errors as {@link portError} gives them. */
export function guarded<T>(part: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw portError(part, error);
  }
}
