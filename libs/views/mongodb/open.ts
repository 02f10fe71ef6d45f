import { openMeta, openMongoStore } from '#mongo-store';

import { MongoViews } from './mongo-views.js';
import { FORMAT, PART } from './schema.js';

export interface MongoViewsOptions {
  /** Name of the database, where the URL has none. Default `privacy-ledger-views`. */
  readonly database?: string;
  /** How long to look for a primary. Default 5 s. */
  readonly selectionMillis?: number;
  /** When a server that does not answer is given up. Default 3 s. */
  readonly socketMillis?: number;
}

/**
 * Opens the views in a database, which need not exist. The user needs the roles `readWrite` and
 * `dbAdmin` on it: late writers are fenced out by the collection's own rules.
 * @throws InvalidInput, IntegrityError `format-newer`, `mongodb-standalone`; Outage
 */
export async function openMongoViews(
  url: string,
  options: MongoViewsOptions = {},
): Promise<MongoViews> {
  const store = await openMongoStore(PART, url, { database: 'privacy-ledger-views', ...options });
  try {
    await openMeta(store, FORMAT);
  } catch (error) {
    await store.close();
    throw error;
  }
  return new MongoViews(store);
}
