/** Moving a ledger between engines. */
export { MIGRATION_FAULT_POINTS, type MigrationFaultPoint } from './fault-points.js';
export { assertHere } from './mark.js';
export { migrate, type Migrated, type Migration } from './migrate.js';
export { reopen, type Reopening } from './reopen.js';
