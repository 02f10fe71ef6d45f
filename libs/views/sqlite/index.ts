/** The views in an SQLite file. */
export { inspectSqliteViews } from './inspect.js';
export { openSqliteViews, type SqliteViewsOptions } from './open.js';
export type { SqliteViews } from './sqlite-views.js';
