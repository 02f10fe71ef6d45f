import { BUSY_LIMIT_MILLIS, whileBusy } from './busy.js';
import type { Database } from './database.js';

/** A checkpoint tells of a reader in its way by its row only; this makes it a lock like any other. */
class ReaderInTheWay extends Error {
  readonly errcode = 5;
}

/**
 * Moves the write-ahead log into the file and truncates it, so that no older copy of a row stays in
 * it. Resolves only when SQLite's own answer says that it was done: beside an open reader it "works"
 * without doing so.
 * @throws Outage with reason `checkpoint-busy` where a reader stays in the way beyond the limit
 */
export async function truncateWal(
  db: Database,
  part: string,
  limitMillis = BUSY_LIMIT_MILLIS,
): Promise<void> {
  const checkpoint = db.prepare<{ busy: number }>('PRAGMA wal_checkpoint(TRUNCATE)');
  await whileBusy(
    part,
    limitMillis,
    () => {
      if (checkpoint.get()?.busy !== 0) throw new ReaderInTheWay();
    },
    () => 'checkpoint-busy',
  );
}
