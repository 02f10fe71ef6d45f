/** The restore gate: what a copy put back must not undo. */
export * from './gate.js';
