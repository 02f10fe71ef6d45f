import { treeContract } from '../contract/index.js';
import { MemoryTree, SharedTree } from './index.js';

treeContract('memory', async () => {
  const shared = new SharedTree();
  const store = new MemoryTree(shared);
  return {
    store,
    other: async () => new MemoryTree(shared),
    reopen: async () => {
      await store.close();
      return new MemoryTree(shared);
    },
    dispose: async () => {
      await store.close();
    },
  };
});
