import type { Instant } from '#kernel';

import type { Auditor, FiguresJobs } from '../index.js';

/** What auditors read of the ledger. Given by the application. */
export abstract class AuditDesk {
  abstract readonly auditor: Auditor;
  /** Figures that this process counts, or has counted. */
  abstract readonly figures: FiguresJobs;
  abstract now(): Instant;
  /** Whether the catalogue has an event type of this name. */
  abstract isEventType(name: string): boolean;
}
