import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { treeContract } from '../contract/index.js';
import { openSqliteTree, type SqliteTree } from './index.js';

treeContract('sqlite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tree-'));
  const opened: SqliteTree[] = [];
  const open = async () => {
    const tree = await openSqliteTree(join(folder, 'evidence.db'));
    opened.push(tree);
    return tree;
  };
  const store = await open();
  return {
    store,
    other: open,
    reopen: async () => {
      await store.close();
      return open();
    },
    dispose: async () => {
      for (const each of opened) await each.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});
