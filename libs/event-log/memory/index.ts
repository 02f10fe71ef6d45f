/** The event log in memory, for tests. */
export { MemoryEventLog } from './memory-event-log.js';
export { MemoryStore } from './store.js';
