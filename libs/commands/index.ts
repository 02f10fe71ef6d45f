/** The one generic command handler: read, fold, decide, seal, append at the revision read. */
export * from './command-handler.js';
export * from './request.js';
export { Turns } from './turns.js';
export type { Fold } from './folds.js';
export * from './reactor.js';
