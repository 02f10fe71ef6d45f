/** What every adapter on an SQLite file shares: opening, formats, faults, group commit, copies. */
export { backupDatabase } from './backup.js';
export { BUSY_LIMIT_MILLIS, whileBusy } from './busy.js';
export type { Database, SqlValue, Statement } from './database.js';
export type { Die } from './die.js';
export { guarded, portError, sqliteFault, type SqliteFault } from './faults.js';
export { GroupCommit, type GroupCommitOptions } from './group-commit.js';
export { claimFor, createMeta, ledgerIdOf, metaValue, setMetaValue } from './meta.js';
export {
  closeDatabase,
  openDatabase,
  openReader,
  tag,
  type FileFormat,
  type Migration,
} from './open.js';
export { truncateWal } from './scrub.js';
export { readUntouched } from './untouched.js';
