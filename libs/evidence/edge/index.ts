/** HTTP routes of evidence: what any client of c2sp.org/tlog-tiles reads, and receipts. */
export { EvidenceDesk } from './desk.js';
export type { EvidenceStatus } from './desk.js';
export { AuditDesk } from './audit-desk.js';
export { evidenceControllers } from './controllers.js';
