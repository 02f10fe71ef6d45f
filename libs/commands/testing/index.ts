/** For tests of commands: a small decider, processes on shared stores in memory, stores that fail. */
export * from './diary.js';
export * from './processes.js';
export * from './set-clock.js';
export * from './unreliable-log.js';
