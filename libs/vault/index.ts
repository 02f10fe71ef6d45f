/**
 * Keys by person, category and scope; sealing and opening under them; their destruction. Stores are
 * behind doors of their own: `#vault/sqlite`, `#vault/mongodb`, `#vault/file`, `#vault/memory`.
 */
export * from './anchor.js';
export * from './copying.js';
export * from './fault-points.js';
export * from './fingerprints.js';
export * from './heads.js';
export * from './inspection.js';
export * from './kek.js';
export * from './key-cache.js';
export * from './opener.js';
export * from './port.js';
export * from './rotation.js';
export * from './sealer.js';
export * from './sealing.js';
export * from './wrapping.js';
