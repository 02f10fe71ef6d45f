/**
 * Evidence that history was not altered: the Merkle tree over all events (RFC 6962), signed checkpoints
 * and receipts (C2SP), and the verifier. Stores of the tree have doors of their own.
 */
export { nodeCryptography } from './node-cryptography.js';
export * from './port.js';
export { EMPTY_ROOT, entryOf, leafOfEntry } from './tree/hashing.js';
export * from './tree/proofs.js';
export * from './tree/right-edge.js';
export * from './verifier/index.js';
