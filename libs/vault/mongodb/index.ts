/** The vault in a MongoDB database. */
export { openMongoVault, type MongoVault, type MongoVaultOptions } from './mongo-vault.js';
