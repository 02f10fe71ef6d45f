import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';

import { MongoClient } from 'mongodb';

import type { Settings } from '../../../apps/composition/index.js';
import { readSettings } from '../../../apps/composition/index.js';

/** The servers that a run measures on, and what is the run's own on them. */
export interface Servers {
  readonly eventStoreDb: string;
  /** What the EventStoreDB is, for people. */
  readonly called: string;
  readonly mongo: MongoClient;
  /** Settings of a ledger that nobody has used. */
  fresh(folder: string): Settings;
  /** Removes what can be removed, and ends what was started. */
  close(): Promise<void>;
}

const TEST_SERVER = 'dist/libs/event-log/testing/eventstoredb-server/main.js';

/**
 * The servers that EVENTSTOREDB_URL and MONGODB_URL name. Without the first, this repository's test
 * server is measured, in a process of its own: its figures say what the client and the adapter cost.
 */
export async function openServers(): Promise<Servers> {
  const { EVENTSTOREDB_URL: named, MONGODB_URL: mongoUrl } = process.env;
  if (mongoUrl === undefined || mongoUrl === '') {
    throw new Error('--services needs MONGODB_URL: npm run services gives one');
  }
  const own = named === undefined || named === '' ? await startTestServer() : undefined;
  const eventStoreDb = own?.url ?? named ?? '';
  const mongo = new MongoClient(mongoUrl, { writeConcern: { w: 'majority', journal: true } });
  const databases: string[] = [];
  return {
    eventStoreDb,
    called: own === undefined ? 'EventStoreDB' : 'test server',
    mongo,
    fresh: (folder) => {
      const name = `bench-${randomUUID()}`;
      databases.push(`${name}-views`, `${name}-vault`);
      const at = (database: string) => mongoUrl.replace(/\/(\?|$)/, `/${database}$1`);
      return readSettings({
        LEDGER_DATA: folder,
        EVENTSTOREDB_URL: eventStoreDb,
        EVENTSTOREDB_PREFIX: `${name}.`,
        MONGODB_URL: at(`${name}-views`),
        VAULT_URL: at(`${name}-vault`),
      });
    },
    close: async () => {
      for (const name of databases) await mongo.db(name).dropDatabase();
      await mongo.close();
      own?.stop();
    },
  };
}

async function startTestServer(): Promise<{ readonly url: string; stop(): void }> {
  const child = spawn(process.execPath, [TEST_SERVER], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  const { port } = JSON.parse(said.toString()) as { readonly port: number };
  return {
    url: `esdb://127.0.0.1:${String(port)}?tls=false`,
    stop: () => {
      child.kill();
    },
  };
}
