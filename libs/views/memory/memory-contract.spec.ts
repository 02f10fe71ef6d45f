import { viewsContract } from '../contract/index.js';
import { MemoryViews, MemoryViewsStore } from './index.js';

viewsContract('memory', async () => {
  const store = new MemoryViewsStore();
  const views = new MemoryViews(store);
  return {
    views,
    other: async () => new MemoryViews(store),
    reopen: async () => {
      await views.close();
      return new MemoryViews(store);
    },
    dispose: async () => {
      await views.close();
    },
  };
});
