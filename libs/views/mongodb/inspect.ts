import type { InspectedViews } from '../inspection.js';
import { openMongoViews, type MongoViewsOptions } from './open.js';

/**
 * Looks at views in a database, and writes nothing: indexes are made with builds, not by opening.
 * @throws InvalidInput, IntegrityError, Outage as `openMongoViews`
 */
export async function inspectMongoViews<T>(
  url: string,
  options: MongoViewsOptions,
  work: (views: InspectedViews) => Promise<T>,
): Promise<T> {
  const views = await openMongoViews(url, options);
  try {
    return await work(views);
  } finally {
    await views.close();
  }
}
