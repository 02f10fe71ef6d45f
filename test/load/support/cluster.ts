import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { MongoClient } from 'mongodb';

import { startCluster } from '#event-log/testing';
import type { TestCluster } from '#event-log/testing';

import type { Ledger } from '../../../apps/composition/index.js';
import { openLedger, readSettings, WORKS } from '../../../apps/composition/index.js';
import { mongodAt } from '../../../tools/services/mongod.js';
import type { MongoNode, ReplicaSet } from '../../../tools/services/replica-set.js';
import { startReplicaSet } from '../../../tools/services/replica-set.js';
import { until } from '../../faults/support/until.js';
import type { Environment } from './server-process.js';
import { ServerProcess } from './server-process.js';

/** How long processes keep keys. */
export const KEY_CACHE_MILLIS = 1_000;

/** How long an old primary of MongoDB may give a key after it was fenced. */
export const STALE_MILLIS = 1_000;

const TAKE_OVER_MILLIS = 30_000;

/**
 * A ledger as it is run where nothing may stop it: two processes that answer requests and two that
 * project and run timers, over an EventStoreDB of three nodes and a MongoDB of three, all of its own.
 * Times are those that it is shipped with, but for the key caches.
 */
export class Cluster {
  readonly apis: ServerProcess[] = [];
  readonly projectors: ServerProcess[] = [];
  /** Those that were killed, too. */
  readonly #all: ServerProcess[] = [];

  private constructor(
    private readonly folder: string,
    readonly mongodb: ReplicaSet,
    readonly eventStoreDb: TestCluster,
  ) {}

  /** Starts it on empty stores; the first of the projectors holds all leases. */
  static async start(): Promise<Cluster> {
    const folder = await mkdtemp(join(tmpdir(), 'ledger-load-'));
    const mongodb = await startReplicaSet(mongodAt('.services'));
    const cluster = new Cluster(folder, mongodb, await startCluster());
    try {
      await cluster.#open();
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  async #open(): Promise<void> {
    // All at once on empty stores: one of them makes the ledger, the others wait for it.
    const first = await Promise.all([this.#add('projector'), this.#add('api'), this.#add('api')]);
    await Promise.all(first.map((server) => server.ready()));
    await this.#add('projector').then((server) => server.ready());
  }

  /** The token of the first start. */
  async token(): Promise<string> {
    return (await readFile(join(this.folder, 'data.secrets', 'admin-token.txt'), 'utf8')).trim();
  }

  /** The projector that holds all leases, once one does. */
  async holder(): Promise<ServerProcess> {
    return until(
      'a projector to hold all leases',
      async () => {
        const held = await Promise.all(this.projectors.map((server) => server.leases()));
        return this.projectors[held.findIndex((leases) => leases?.length === WORKS.length)];
      },
      TAKE_OVER_MILLIS,
    );
  }

  /** The node of MongoDB that is the primary. */
  async primary(): Promise<MongoNode> {
    const client = new MongoClient(this.mongodb.url);
    try {
      const { primary } = await client.db('admin').command({ hello: 1 });
      const found = this.mongodb.nodes.find(({ host }) => host === primary);
      if (found === undefined) throw new Error('MongoDB has no primary');
      return found;
    } finally {
      await client.close();
    }
  }

  /** Starts another process in the place of one that was killed. */
  async replace(killed: ServerProcess): Promise<void> {
    const place = killed.role === 'api' ? this.apis : this.projectors;
    place.splice(place.indexOf(killed), 1);
    await this.#add(killed.role).then((server) => server.ready());
  }

  /** Opens the ledger in this process, to look at what is stored. */
  openLedger(): Promise<Ledger> {
    return openLedger({ settings: readSettings(this.#environment), what: 'test' });
  }

  /** What must not have come about in any process: an end by itself, or a defect. */
  get faults(): readonly string[] {
    return this.#all.flatMap(({ endedByItself, defects }) =>
      endedByItself === undefined ? defects : [endedByItself, ...defects],
    );
  }

  async stop(): Promise<void> {
    await Promise.all(this.#all.map((server) => server.kill()));
    await this.eventStoreDb.close();
    await this.mongodb.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  get #environment(): Environment {
    return {
      LEDGER_DATA: join(this.folder, 'data'),
      EVENTSTOREDB_URL: this.eventStoreDb.url,
      MONGODB_URL: this.mongodb.url,
      LEDGER_KEY_CACHE_MS: String(KEY_CACHE_MILLIS),
      LOG_LEVEL: 'warn',
    };
  }

  async #add(role: ServerProcess['role']): Promise<ServerProcess> {
    const server = await ServerProcess.start(role, this.#environment);
    this.#all.push(server);
    (role === 'api' ? this.apis : this.projectors).push(server);
    return server;
  }
}
