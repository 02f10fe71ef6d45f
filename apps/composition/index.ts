/** Puts a ledger together out of its stores: what the server and the command line share. */
export { backupLog, backupVault } from './backups.js';
export { ErasureCopies } from './erasure-copies.js';
export { EvidenceReader } from './evidence-reader.js';
export { eventById } from './events-by-id.js';
export * from './ledger.js';
export { LogAcceptance, type RolledBackLog } from './log-acceptance.js';
export * from './migration/index.js';
export { mongoPlace, type MongoPart, type MongoPlace } from './mongo-places.js';
export { withoutDatabase } from './mongo-url.js';
export * from './settings.js';
export * from './processes.js';
export { LogRolledBack } from './rolled-back.js';
export { signWhile } from './sequencing.js';
export { EVENT_TYPES } from './upcasters.js';
export { FILES, openLog, openVault } from './stores.js';
export { readVerifier, VERIFIERS, type Verifier } from './verifiers.js';
