import { guarded } from '#sqlite-file';

import { PART } from './schema.js';

/** Reads, with SQLite's errors as callers of a port see them. */
export function reading<T>(work: () => T): T {
  return guarded(PART, work);
}
