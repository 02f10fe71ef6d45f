/** What every HTTP route shares: access, input rules, problems, cursors, answers. Nest lives here. */
export * from './access.js';
export * from './access-guard.js';
export * from './answer-schema.js';
export * from './answers.js';
export * from './cursors.js';
export * from './input-pipe.js';
export * from './ports.js';
export * from './problem.js';
export * from './problem-answer.js';
export * from './problem-filter.js';
export * from './problem-page.js';
export * from './problems/index.js';
export * from './rules.js';
