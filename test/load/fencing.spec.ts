import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Db } from 'mongodb';
import { MongoClient } from 'mongodb';

import { customerStream, customersView } from '#customers';
import type { Position, SubjectId } from '#kernel';

import type { Ledger } from '../../apps/composition/index.js';
import { until } from '../faults/support/until.js';
import { wrongAfterwards } from './support/afterwards.js';
import { Client } from './support/client.js';
import { Cluster } from './support/cluster.js';
import { askErasure, register, shown } from './support/customers.js';
import { onServices } from './support/on-services.js';
import { Writers } from './support/writers.js';

const LIMIT = 120_000;
const VIEWS = 'privacy-ledger-views';
const REFUSED_BY_RULES = 121;

onServices('a projector that was frozen, and thaws when another has taken over', () => {
  let cluster: Cluster;
  let writers: Writers;
  let ledger: Ledger;
  let mongodb: MongoClient;
  /** The answer comes when the erasure is finished, or when that takes long. */
  let asked: Promise<string>;

  beforeAll(async () => {
    cluster = await Cluster.start();
    writers = await Writers.start(cluster);
    ledger = await cluster.openLedger();
    mongodb = new MongoClient(cluster.mongodb.url);
  }, LIMIT);
  afterAll(async () => {
    await writers.abandon();
    await mongodb.close();
    await ledger.close();
    await cluster.stop();
  }, LIMIT);

  it(
    'writes nothing: no document, no checkpoint, no second end of an erasure that it was in',
    async () => {
      const holder = await cluster.holder();
      const epoch = await epochOf(ledger);
      const erasing = await inAnErasure();
      holder.freeze();
      await until('another to project', async () => (await epochOf(ledger)) > epoch);
      expect(await cluster.holder()).not.toBe(holder);
      await until('the other to finish the erasure', async () =>
        (await typesOf(ledger, erasing)).includes('SubjectErased'),
      );
      await writers.flow();

      const before = await writtenUnder(epoch);
      const watch = new Watch(ledger);
      holder.thaw();
      await until(
        'the thawed one to know that it holds nothing',
        async () => (await holder.leases())?.length === 0,
      );
      await writers.flow();
      expect(await watch.end()).toEqual([]);
      const after = await writtenUnder(epoch);
      expect([...after].filter(([id, position]) => before.get(id) !== position)).toEqual([]);
      const types = await typesOf(ledger, erasing);
      expect(types.filter((type) => type === 'SubjectErased')).toHaveLength(1);
      await asked;
    },
    LIMIT,
  );

  it(
    'could not have: the store refuses its epoch, by whichever way it writes',
    async () => {
      const epoch = (await epochOf(ledger)) - 1;
      const build = await ledger.stores.views.live(customersView);
      const batch = { changes: [], checkpoint: build.checkpoint, epoch };
      await expect(ledger.stores.views.write(build, customersView, batch)).rejects.toMatchObject({
        name: 'Fenced',
      });
      const late = { _id: 'late' as never, position: build.checkpoint, epoch, alive: false };
      const documents = mongodb.db(VIEWS).collection(`docs_${String(build.build)}`);
      await expect(documents.insertOne(late)).rejects.toMatchObject({ code: REFUSED_BY_RULES });
    },
    LIMIT,
  );

  it(
    'leaves nothing behind: views are what a fold from zero makes, nothing is lost or doubled',
    async () => {
      await writers.stop();
      expect(await wrongAfterwards(cluster, writers.acknowledged)).toEqual([]);
    },
    LIMIT,
  );

  /** Somebody whose erasure has begun, and waits for the caches of other processes. */
  async function inAnErasure(): Promise<SubjectId> {
    const client = new Client(cluster.apis, await cluster.token());
    const person = await register(client);
    await shown(client, person);
    const subject = person.id as SubjectId;
    asked = askErasure(client, person.id);
    await until('an erasure to begin', async () =>
      (await typesOf(ledger, subject)).includes('ErasureStarted'),
    );
    expect(await typesOf(ledger, subject)).not.toContain('SubjectErased');
    return subject;
  }

  /** Position of each document that was last written under an epoch, by collection and id. */
  async function writtenUnder(epoch: number): Promise<ReadonlyMap<string, Position>> {
    const db: Db = mongodb.db(VIEWS);
    const written = new Map<string, Position>();
    for (const { name } of await db.listCollections({}, { nameOnly: true }).toArray()) {
      if (!name.startsWith('docs_')) continue;
      const rows = await db.collection(name).find({ epoch }).toArray();
      for (const row of rows) written.set(`${name} ${String(row._id)}`, row.position as Position);
    }
    return written;
  }
});

/** Looks again and again whether a checkpoint of a view goes back. */
class Watch {
  readonly #wrong: string[] = [];
  #isOver = false;
  readonly #watching: Promise<void>;

  constructor(private readonly ledger: Ledger) {
    this.#watching = this.#watch();
  }

  /** What went back. */
  async end(): Promise<readonly string[]> {
    this.#isOver = true;
    await this.#watching;
    return this.#wrong;
  }

  async #watch(): Promise<void> {
    const seen = new Map<string, Position>();
    while (!this.#isOver) {
      for (const { view, id, checkpoint } of await this.ledger.stores.views.builds()) {
        const last = seen.get(id);
        if (last !== undefined && checkpoint < last) this.#wrong.push(`${view} went back`);
        seen.set(id, checkpoint);
      }
    }
  }
}

/** Under which views are projected, or 0 where nobody does. */
async function epochOf({ stores }: Ledger): Promise<number> {
  const leases = await stores.vault.leases.list();
  return leases.find(({ name }) => name === 'projections')?.epoch ?? 0;
}

/** What has happened to somebody. Only their stream is read: the log is busy. */
async function typesOf({ stores }: Ledger, subject: SubjectId): Promise<readonly string[]> {
  const types: string[] = [];
  for await (const page of stores.log.read(customerStream(subject), 0)) {
    types.push(...page.map(({ type }) => type));
  }
  return types;
}
