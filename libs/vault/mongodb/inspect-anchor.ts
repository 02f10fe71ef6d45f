import { openMeta, openMongoStore, type MongoStoreOptions } from '#mongo-store';

import type { Anchor } from '../anchor.js';
import { ANCHOR, ANCHOR_FORMAT } from './anchor-schema.js';
import { MongoAnchor } from './mongo-anchor.js';

/**
 * Looks at an anchor in a database, and writes nothing, no index either.
 * @throws InvalidInput, IntegrityError, Outage as `openMongoAnchor`
 */
export async function inspectMongoAnchor<T>(
  url: string,
  options: MongoStoreOptions,
  work: (anchor: Pick<Anchor, 'ledgerId' | 'destroyed' | 'lastHead' | 'restored'>) => Promise<T>,
): Promise<T> {
  const store = await openMongoStore(ANCHOR, url, options);
  try {
    await openMeta(store, ANCHOR_FORMAT);
    return await work(new MongoAnchor(store));
  } finally {
    await store.close();
  }
}
