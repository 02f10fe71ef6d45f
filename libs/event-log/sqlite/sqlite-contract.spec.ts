import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DatabaseSync } from '@photostructure/sqlite';

import { eventLogContract } from '../contract/index.js';
import { numberOf } from '../positions.js';
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
  const raw = new DatabaseSync(file);
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
    dispose: async () => {
      for (const each of opened) await each.close();
      raw.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});
