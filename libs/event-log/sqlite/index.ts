/** The embedded event log: one SQLite file. */
export { EVENT_LOG_FAULT_POINTS, type EventLogFaultPoint } from './faults.js';
export { inspectSqliteLog } from './inspect.js';
export {
  openSqliteEventLog,
  SqliteEventLog,
  type SqliteEventLogOptions,
} from './sqlite-event-log.js';
