import type { InspectedTree } from '../inspection.js';
import { openMongoTree, type MongoTreeOptions } from './mongo-tree.js';

/**
 * Looks at a tree in a database, and writes nothing, no index either.
 * @returns undefined where there is no tree
 * @throws InvalidInput, IntegrityError, Outage as `openMongoTree`
 */
export async function inspectMongoTree<T>(
  url: string,
  options: MongoTreeOptions,
  work: (tree: InspectedTree) => Promise<T>,
): Promise<T | undefined> {
  const tree = await openMongoTree(url, options);
  try {
    return (await tree.ledgerId()) === undefined ? undefined : await work(tree);
  } finally {
    await tree.close();
  }
}
