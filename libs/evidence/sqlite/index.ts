/** The tree in an SQLite file. */
export { openSqliteTree, type SqliteTree, type SqliteTreeOptions } from './sqlite-tree.js';
