/** The tree in a MongoDB database. */
export { openMongoTree, type MongoTree, type MongoTreeOptions } from './mongo-tree.js';
