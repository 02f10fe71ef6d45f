import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { viewsContract } from '../contract/index.js';
import { openSqliteViews, type SqliteViews } from './index.js';

viewsContract('sqlite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'views-'));
  const opened: SqliteViews[] = [];
  const open = async () => {
    const views = await openSqliteViews(join(folder, 'views.db'));
    opened.push(views);
    return views;
  };
  const views = await open();
  return {
    views,
    other: open,
    reopen: async () => {
      await views.close();
      return open();
    },
    dispose: async () => {
      for (const each of opened) await each.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});
