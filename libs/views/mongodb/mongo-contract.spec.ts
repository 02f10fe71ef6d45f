import { onMongo } from '#mongo-store/testing';

import { viewsContract } from '../contract/index.js';
import { openMongoViews, type MongoViews } from './index.js';

onMongo('mongodb', ({ url, fresh }) => {
  viewsContract('mongodb', async () => {
    const database = fresh();
    const opened: MongoViews[] = [];
    const open = async () => {
      const views = await openMongoViews(url, { database });
      opened.push(views);
      return views;
    };
    const views = await open();
    return {
      views,
      runs: 20,
      other: open,
      reopen: async () => {
        await views.close();
        return open();
      },
      dispose: async () => {
        for (const each of opened) await each.close();
      },
    };
  });
});
