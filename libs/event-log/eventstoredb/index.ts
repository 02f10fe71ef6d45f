/** The event log on EventStoreDB, a look at the database, and its setting up. */
export {
  EventStoreDbLog,
  openEventStoreDb,
  type EventStoreDbOptions,
} from './event-store-db-log.js';
export { EVENT_LOG_FAULT_POINTS, type EventLogFaultPoint } from './fault-points.js';
export { inspectEventStoreDbLog } from './inspect-log.js';
export {
  inspectEventStoreDb,
  type EventStoreDbInspection,
  type InspectionOptions,
} from './inspection.js';
export type { Rights } from './rights.js';
export { setUpEventStoreDb, type SetUpDone, type SetUpRequest } from './set-up.js';
export { rightsInWords, type SetUpChange } from './set-up-plan.js';
