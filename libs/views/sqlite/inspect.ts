import { readUntouched } from '#sqlite-file';

import type { InspectedViews } from '../inspection.js';
import { VIEWS_FORMAT } from './schema.js';
import { SqliteViews } from './sqlite-views.js';

/**
 * Looks at views in a file, which others may have open, and touches nothing.
 * @param work done again where somebody opens the file meanwhile
 * @returns undefined where there are no views
 * @throws IntegrityError, Outage as `readUntouched` of #sqlite-file
 */
export function inspectSqliteViews<T>(
  file: string,
  work: (views: InspectedViews) => Promise<T>,
): Promise<T | undefined> {
  return readUntouched(file, VIEWS_FORMAT, (db) => work(new SqliteViews(file, db, db)));
}
