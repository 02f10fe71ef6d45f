/** The vault in an SQLite file. */
export { openSqliteVault, type SqliteVault, type SqliteVaultOptions } from './sqlite-vault.js';
