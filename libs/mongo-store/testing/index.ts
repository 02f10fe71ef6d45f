/** A real MongoDB for suites, where `npm run services` gives one. For tests only. */
import { randomUUID } from 'node:crypto';

import { afterAll, describe, test } from '@jest/globals';
import { MongoClient } from 'mongodb';

/** Databases of a suite's own, on a real server. */
export interface TestDatabases {
  readonly url: string;
  /** For a look at what is stored, and for acting as an administrator would. */
  readonly client: MongoClient;
  /** The name of a database that nobody has used; dropped when the suite ends. */
  readonly fresh: () => string;
}

/**
 * Declares suites that need MongoDB. They run against `MONGODB_URL` where `SERVICES` is 1 as well, so
 * that `npm test` never touches what somebody has in the variable; else they are skipped.
 */
export function onMongo(name: string, declare: (databases: TestDatabases) => void): void {
  const { SERVICES, MONGODB_URL: url } = process.env;
  if (SERVICES !== '1' || url === undefined) {
    test.skip(`${name} (cannot: needs MONGODB_URL, npm run services)`, () => undefined);
    return;
  }
  describe(name, () => {
    const names: string[] = [];
    const client = new MongoClient(url);
    const fresh = () => {
      const made = `test-${randomUUID()}`;
      names.push(made);
      return made;
    };
    afterAll(async () => {
      for (const each of names) await client.db(each).dropDatabase();
      await client.close();
    });
    declare({ url, client, fresh });
  });
}
