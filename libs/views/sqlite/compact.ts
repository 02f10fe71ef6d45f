import { truncateWal, type Database } from '#sqlite-file';

import { APART_LIMIT_MILLIS, runApart } from './apart.js';
import { PART } from './schema.js';

/**
 * Leaves nothing of what was deleted or overwritten in the file.
 *
 * `secure_delete` does not do that alone: where a page of a b-tree is split, copies of rows stay in
 * its free space, and outlive the rows (measured: of 5,938 deleted documents 15 were still there).
 * `VACUUM` writes the file anew. Writers wait meanwhile, readers do not.
 */
export async function compact(db: Database, file: string): Promise<void> {
  await truncateWal(db, PART, APART_LIMIT_MILLIS);
  await runApart(db, file, ['VACUUM']);
  await truncateWal(db, PART, APART_LIMIT_MILLIS);
}
