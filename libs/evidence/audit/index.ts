/** Verifies a whole store: which event is what was signed, and which is not. */
export { auditLog } from './audit.js';
export * from './report.js';
export { buffersOf, scanSegment, type Scanned, type ScannedLog, type Segment } from './scan.js';
export type { AuditSources, Looking } from './sources.js';
export * from './verdicts.js';
export type { Quorum, Witnessed } from './witnessed.js';
export * from './words.js';
