import { createMeta, tag, type FileFormat, type Migration } from '#sqlite-file';

/**
 * One table and one index. AUTOINCREMENT: a position is never given twice, even where the newest
 * events were cut off. The index finds a stream's last revision, its position and a repeated append.
 */
const createEvents: Migration = (db) => {
  createMeta(db);
  db.exec(`
    CREATE TABLE events (
      position INTEGER PRIMARY KEY AUTOINCREMENT,
      stream TEXT NOT NULL,
      revision INTEGER NOT NULL,
      id TEXT NOT NULL,
      type TEXT NOT NULL,
      metadata BLOB NOT NULL,
      data BLOB NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX events_of_stream ON events (stream, revision);
  `);
};

/** The file of the embedded event log (docs/format.md). */
export const EVENT_LOG_FORMAT: FileFormat = {
  part: 'event-log',
  applicationId: tag('PLel'),
  migrations: [createEvents],
  // At 16 MiB a checkpoint writes far fewer pages twice than at SQLite's 4: bulk appends gain half.
  autoCheckpointPages: 4_000,
  cacheKib: 32_768,
};
