/** The law as rules: calendar, clocks of requests, retention. Pure; imports nothing of ours. */
export * from './helsinki.js';
export * from './local-date.js';
export * from './request-clocks.js';
export * from './retention.js';
export * from './working-days.js';
