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
