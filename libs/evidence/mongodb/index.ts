/** The tree in a MongoDB database. */
export { inspectMongoTree } from './inspect.js';
export { openMongoTree, type MongoTree, type MongoTreeOptions } from './mongo-tree.js';
