import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DatabaseSync } from '@photostructure/sqlite';

import { eventLogContract } from '../contract/index.js';
import { numberOf } from '../positions.js';
import { withoutIndex } from '../testing/sqlite-surgery.js';
import { openSqliteEventLog, type SqliteEventLog } from './index.js';

eventLogContract('sqlite', async (settings) => {
  const folder = mkdtempSync(join(tmpdir(), 'event-log-'));
  const file = join(folder, 'log.db');
  const opened: SqliteEventLog[] = [];
  const open = async () => {
    const log = await openSqliteEventLog(file, settings);
    opened.push(log);
    return log;
  };
  const log = await open();
  // Whoever edits the file may edit its schema.
  const raw = new DatabaseSync(file, { defensive: false });
  return {
    log,
    reopen: async () => {
      await log.close();
      return open();
    },
    other: open,
    storedBytes: async (position) => {
      const row: unknown = raw
        .prepare('SELECT metadata, data FROM events WHERE position = ?')
        .get(numberOf(position));
      const { metadata, data } = row as { metadata: Uint8Array; data: Uint8Array };
      return { metadata: Buffer.from(metadata), data: Buffer.from(data) };
    },
    remove: async (stream, revision) => {
      raw.prepare('DELETE FROM events WHERE stream = ? AND revision = ?').run(stream, revision);
    },
    alter: async (position, { metadata, data }) => {
      raw
        .prepare(
          'UPDATE events SET metadata = ifnull(?, metadata), data = ifnull(?, data) WHERE position = ?',
        )
        .run(metadata ?? null, data ?? null, numberOf(position));
    },
    hide: async (stream, count) => {
      raw.exec('CREATE TEMP TABLE kept AS SELECT * FROM events WHERE false');
      raw
        .prepare('INSERT INTO kept SELECT * FROM events WHERE stream = ? AND revision < ?')
        .run(stream, count);
      raw.exec('DELETE FROM events WHERE position IN (SELECT position FROM kept)');
      withoutIndex(raw, 'INSERT INTO events SELECT * FROM kept; DROP TABLE kept');
    },
    forget: async (_, position) => {
      withoutIndex(raw, `DELETE FROM events WHERE position = ${String(numberOf(position))}`);
    },
    dispose: async () => {
      for (const each of opened) await each.close();
      raw.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});
