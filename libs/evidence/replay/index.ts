/** What auditors read of the log: events without values, figures at an instant, who touched a person. */
export * from './auditor.js';
export { EVENT_TYPE, filterOf, isWanted } from './filter.js';
export type { EventFilter, FilterGiven } from './filter.js';
export { figuresAt } from './figures-at.js';
export type { FiguresAt, FiguresProgress } from './figures-at.js';
export { FiguresJobs, TooManyJobs } from './jobs.js';
export type { FiguresJob } from './jobs.js';
export { CATEGORIES_COUNTED, HOLDS, RegisterFold } from './register-fold.js';
export type { Figures } from './register-fold.js';
export { wantedOf } from './scan.js';
export { shownEvent } from './shown-event.js';
export type { ShownEvent } from './shown-event.js';
export { READS_NOT_RECORDED, touchOf, TOUCHES } from './touches.js';
export type { Touch } from './touches.js';
