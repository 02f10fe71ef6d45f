/** The log of everything that happened: port and errors. Adapters have doors of their own. */
export { allPages } from './all-pages.js';
export * from './inspection.js';
export * from './own-streams.js';
export * from './port.js';
export * from './stored.js';
