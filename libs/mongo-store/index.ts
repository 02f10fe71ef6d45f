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
