/** The tree in memory, for tests. */
export { MemoryTree, SharedTree } from './memory-tree.js';
