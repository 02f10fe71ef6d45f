/** The event log in memory, for tests. */
export { MemoryEventLog, MemoryStore } from './memory-event-log.js';
