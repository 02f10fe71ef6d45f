/** The views in a MongoDB database. */
export { openMongoViews, type MongoViewsOptions } from './open.js';
export type { MongoViews } from './mongo-views.js';
