/** A real MongoDB for suites, where `npm run services` gives one. For tests only. */
import { randomUUID } from 'node:crypto';

import { afterAll, describe, test } from '@jest/globals';
import { MongoClient } from 'mongodb';

export { bytesAt, findInFiles, serverFolders, type Found } from './files.js';
export { TwoPrimaries } from './two-primaries.js';

/** Databases of a suite's own, on a real server. */
export interface TestDatabases {
  readonly url: string;
  /** For a look at what is stored, and for acting as an administrator would. */
  readonly client: MongoClient;
  /** The name of a database that nobody has used; dropped when the suite ends. */
  readonly fresh: () => string;
}

/** The same, on servers that `tools/services.js` has started on this machine for nothing else. */
export interface OwnServers extends TestDatabases {
  /** Holds a folder for each of them, with its files. */
  readonly folder: string;
}

/** Declares suites that look into the servers' files, or hold servers up: they need servers of ours. */
export function onOwnMongo(name: string, declare: (servers: OwnServers) => void): void {
  const { SERVICES, SERVICES_FOLDER: folder } = process.env;
  if (SERVICES === '1' && folder !== undefined) {
    onMongo(name, (databases) => {
      declare({ ...databases, folder });
    });
    return;
  }
  test.skip(`${name} (cannot: needs servers of our own, npm run services)`, () => undefined);
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
