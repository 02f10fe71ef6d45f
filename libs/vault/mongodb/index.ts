/** The vault in a MongoDB database. */
export { inspectMongoVault } from './inspect.js';
export { openMongoVault, type MongoVault, type MongoVaultOptions } from './mongo-vault.js';
