import { openDatabase, openReader } from '#sqlite-file';

import { VIEWS_FORMAT } from './schema.js';
import { SqliteViews } from './sqlite-views.js';

export interface SqliteViewsOptions {
  /** How long to wait for another process's lock while opening. Default 5 s. */
  readonly busyLimitMillis?: number;
}

/**
 * Opens the views in a file, and makes it where there is none. The folder must exist.
 * @throws IntegrityError `format-newer`, `format-foreign`, `store-corrupt`; Outage
 */
export async function openSqliteViews(
  file: string,
  options: SqliteViewsOptions = {},
): Promise<SqliteViews> {
  const format = { ...VIEWS_FORMAT, ...options };
  const writer = await openDatabase(file, format);
  try {
    return new SqliteViews(file, writer, await openReader(file, format));
  } catch (error) {
    writer.close();
    throw error;
  }
}
