import { openMeta, openMongoStore, type MongoStoreOptions } from '#mongo-store';

import { MongoViews } from './mongo-views.js';
import { FORMAT, PART } from './schema.js';

export type MongoViewsOptions = MongoStoreOptions;

/**
 * Opens the views in a database, which need not exist. The user needs the roles `readWrite` and
 * `dbAdmin` on it: late writers are fenced out by the collection's own rules.
 * @throws InvalidInput, IntegrityError `format-newer`, `mongodb-standalone`; Outage
 */
export async function openMongoViews(url: string, options: MongoViewsOptions): Promise<MongoViews> {
  const store = await openMongoStore(PART, url, options);
  try {
    await openMeta(store, FORMAT);
  } catch (error) {
    await store.close();
    throw error;
  }
  return new MongoViews(store);
}
