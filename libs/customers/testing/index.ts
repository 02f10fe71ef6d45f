/** For tests of the register: samples, given/when/then over events, and a whole register in memory. */
export * from './drafts.js';
export * from './given.js';
export * from './register.js';
export * from './samples.js';
export * from './steps.js';
