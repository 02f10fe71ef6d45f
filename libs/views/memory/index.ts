/** The views in memory, for tests. */
export { MemoryViews, MemoryViewsStore } from './memory-views.js';
