/** What every adapter on MongoDB shares: opening, durability, time limits, faults, claiming. */
export { claimStore, metaOf, openMeta, type Meta } from './meta.js';
export {
  inChunks,
  insertedFirst,
  onceMoreIfDuplicate,
  writeErrorsOf,
  type WriteFault,
} from './faults.js';
export { LINEARIZABLE } from './freshness.js';
export { INDEXING, META, MongoStore, openMongoStore, type MongoStoreOptions } from './store.js';
export {
  inspectMongoDb,
  type MongoInspection,
  type MongoPlace,
  type MongoServer,
  type MongoSetup,
} from './inspect.js';
export type { MongoMember, MongoState } from './inspect-members.js';
export type { MongoRights } from './inspect-rights.js';
