import { anchorContract } from '../contract/index.js';
import { MemoryAnchor } from './index.js';

anchorContract('memory', async () => {
  const anchor = new MemoryAnchor();
  return { anchor, close: () => anchor.close() };
});
