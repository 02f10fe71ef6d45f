/**
 * Evidence that history was not altered: the Merkle tree over all events (RFC 6962), signed checkpoints
 * and receipts (C2SP), and the verifier. Stores of the tree have doors of their own.
 */
export * from './port.js';
