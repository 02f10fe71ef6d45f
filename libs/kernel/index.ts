/** The core that everything stands on: ids, time, JSON, events, decisions. Imports nothing of ours. */
export * from './canonical-json.js';
export * from './clock.js';
export * from './decider.js';
export * from './errors.js';
export * from './event-type.js';
export * from './events.js';
export * from './faults.js';
export * from './ids.js';
export * from './json.js';
export * from './refusal.js';
export * from './upcasters.js';
