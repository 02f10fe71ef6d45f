/** The vault in an SQLite file. */
export { inspectSqliteVault } from './inspect.js';
export { openSqliteVault, type SqliteVault, type SqliteVaultOptions } from './sqlite-vault.js';
