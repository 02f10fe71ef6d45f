/** The register itself: everything that can happen in a customer's life, and the decisions on it. */
export * from './catalogue.js';
export * from './commands.js';
export * from './decider.js';
export * from './event-types.js';
export * from './ids.js';
export * from './personal.js';
export * from './policy.js';
export * from './state.js';
export * from './upcasters.js';
export * from './vocabulary.js';
export type { Hold, Wait } from './erasure/events.js';
export { weigh } from './erasure/weighing.js';
export type { Weighed } from './erasure/weighing.js';
export * from './service/index.js';
export * from './import/index.js';
export * from './views/index.js';
export * from './processes/index.js';
