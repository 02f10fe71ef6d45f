/**
 * Evidence that history was not altered: the Merkle tree over all events (RFC 6962), signed checkpoints
 * and receipts (C2SP), and the verifier. Stores of the tree have doors of their own.
 */
export * from './audit/index.js';
export * from './bundle/index.js';
export * from './checkpoints/decider.js';
export * from './checkpoints/events.js';
export * from './checkpoints/fault-points.js';
export * from './checkpoints/sequencer.js';
export * from './checkpoints/signer.js';
export { dayOf, type RecordedTimestamp, type Timestamped } from './checkpoints/timestamped.js';
export * from './entries.js';
export * from './erasure-copy/index.js';
export { EVIDENCE_FAULT_POINTS } from './fault-points.js';
export * from './inspection.js';
export { nodeCryptography } from './node-cryptography.js';
export * from './port.js';
export * from './receipts.js';
export * from './replay/index.js';
export * from './timestamps/authority.js';
export type { Patience } from './timestamps/client.js';
export * from './timestamps/kept.js';
export * from './timestamps/stamp.js';
export { EMPTY_ROOT, entryOf, leafOfEntry } from './tree/hashing.js';
export * from './tree/leaf-places.js';
export * from './tree/log-check.js';
export * from './tree/log-head.js';
export * from './tree/proofs.js';
export * from './tree/right-edge.js';
export * from './tree/tiles-of.js';
export * from './tree/tree-writer.js';
export * from './verifier/index.js';
export * from './witness/client.js';
export * from './witness/policy.js';
export * from './witness/witness.js';
