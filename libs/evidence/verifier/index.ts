/** Everything that it takes to check evidence, in a browser as well: no import from outside this folder. */
export * from './bytes.js';
export * from './bundle/index.js';
export * from './checkpoint.js';
export type { Cryptography } from './cryptography.js';
export * from './erasure-copy/index.js';
export * from './hashing.js';
export * from './increasing.js';
export * from './key-chain.js';
export * from './keys-told.js';
export * from './leaf.js';
export * from './note.js';
export * from './proofs.js';
export * from './receipt.js';
export * from './tile-path.js';
