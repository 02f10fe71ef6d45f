/** The vault in an SQLite file. */
export { inspectSqliteVault } from './inspect.js';
export { inspectSqliteKeys } from './key-states.js';
export { openSqliteVault, type SqliteVault, type SqliteVaultOptions } from './sqlite-vault.js';
