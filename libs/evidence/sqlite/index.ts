/** The tree in an SQLite file. */
export { inspectSqliteTree } from './inspect.js';
export { openSqliteTree, type SqliteTree, type SqliteTreeOptions } from './sqlite-tree.js';
