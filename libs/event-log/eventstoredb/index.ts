/** The event log on EventStoreDB. */
export {
  EventStoreDbLog,
  openEventStoreDb,
  type EventStoreDbOptions,
} from './event-store-db-log.js';
export { inspectEventStoreDbLog } from './inspect-log.js';
