/** Checking a bundle of evidence, wherever its files are. */
export * from './canonical.js';
export { isQuorumMissed } from './cosignatures.js';
export type { BundleCosignature, QuorumState, WitnessesAsked } from './cosignatures.js';
export { checkBundle, type BundleAsked } from './check.js';
export { BundleUnreadable, type BundleCryptography, type BundleFiles } from './files.js';
export * from './format.js';
export { keysNamed } from './keys.js';
export { ERASURE_RECEIPT } from './receipts.js';
export * from './report.js';
export type { BundleRefusal, SignatureState } from './signatures.js';
export * from './verdicts.js';
export * from './zip.js';
