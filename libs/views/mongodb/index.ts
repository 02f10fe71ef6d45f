/** The views in a MongoDB database. */
export { inspectMongoViews } from './inspect.js';
export { openMongoViews, type MongoViewsOptions } from './open.js';
export type { MongoViews } from './mongo-views.js';
