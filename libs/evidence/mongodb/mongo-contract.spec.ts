import { onMongo } from '#mongo-store/testing';

import { treeContract } from '../contract/index.js';
import { openMongoTree, type MongoTree } from './index.js';

onMongo('mongodb', ({ url, fresh }) => {
  treeContract('mongodb', async () => {
    const database = fresh();
    const opened: MongoTree[] = [];
    const open = async () => {
      const tree = await openMongoTree(url, { database });
      opened.push(tree);
      return tree;
    };
    const store = await open();
    return {
      store,
      runs: 8,
      other: open,
      reopen: async () => {
        await store.close();
        return open();
      },
      dispose: async () => {
        for (const each of opened) await each.close();
      },
    };
  });
});
