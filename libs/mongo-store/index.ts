/** What every adapter on MongoDB shares: opening, durability, time limits, faults, claiming. */
export { claimStore, META, metaOf, openMeta, type Meta } from './meta.js';
export {
  inChunks,
  insertedFirst,
  onceMoreIfDuplicate,
  writeErrorsOf,
  type WriteFault,
} from './faults.js';
export { INDEXING, MongoStore, openMongoStore, type MongoStoreOptions } from './store.js';
export {
  inspectMongoDb,
  type MongoInspection,
  type MongoServer,
  type MongoSetup,
} from './inspect.js';
export type { MongoMember, MongoState } from './inspect-members.js';
export type { MongoRights } from './inspect-rights.js';
