export * from './erasure-runner.js';
export * from './link-follower.js';
export * from './receipt.js';
export * from './shredder.js';
