/** Vault and anchor, each in a MongoDB database of its own. */
export { openMongoAnchor, type MongoAnchorOptions } from './mongo-anchor.js';
export { inspectMongoAnchor } from './inspect-anchor.js';
export { inspectMongoVault } from './inspect.js';
export { inspectMongoKeys } from './inspect-keys.js';
export { openMongoVault, type MongoVault, type MongoVaultOptions } from './mongo-vault.js';
