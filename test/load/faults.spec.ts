import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { wrongAfterwards } from './support/afterwards.js';
import { Client } from './support/client.js';
import { Cluster, KEY_CACHE_MILLIS, STALE_MILLIS } from './support/cluster.js';
import { askErasure, erased, register, shown } from './support/customers.js';
import { gapsSince, Measured, seconds } from './support/gaps.js';
import { onQuietServices } from './support/on-services.js';
import { Writers } from './support/writers.js';

const LIMIT = 120_000;
/** Longest that writing may stand still. */
const KILL_MILLIS = 5_000;
const FREEZE_MILLIS = 10_000;
/** Longest until another process does what a dead one did. */
const TAKE_OVER_MILLIS = 10_000;
/** What an erasure takes after that: timers look for it, and what others may still be given is waited for. */
const ERASING_MILLIS = 1_000 + KEY_CACHE_MILLIS + STALE_MILLIS;

onQuietServices('faults under the load of eight writers', () => {
  let cluster: Cluster;
  let writers: Writers;
  const measured = new Measured();

  beforeAll(async () => {
    cluster = await Cluster.start();
    writers = await Writers.start(cluster);
  }, LIMIT);
  afterAll(async () => {
    measured.print();
    await writers.abandon();
    await cluster.stop();
  }, LIMIT);

  /** Measures how long writing stands still from a fault on until every writer is well again. */
  async function during(what: string, bound: number, fault: () => Promise<void>): Promise<void> {
    await writers.flow();
    const from = performance.now();
    await fault();
    await writers.flow();
    const { ofAll, ofOne } = gapsSince(writers.acknowledged, from);
    measured.add(what, bound, ofAll, `one writer ${seconds(ofOne).trim()}`);
    expect([...writers.refused, ...cluster.faults]).toEqual([]);
    expect(ofAll).toBeLessThan(bound);
  }

  it(
    "MongoDB's primary killed",
    async () => {
      const primary = await cluster.primary();
      await during("MongoDB's primary killed", KILL_MILLIS, () => primary.end());
      primary.start();
      await cluster.mongodb.settled();
    },
    LIMIT,
  );

  it(
    "MongoDB's primary frozen",
    async () => {
      const primary = await cluster.primary();
      await during("MongoDB's primary frozen", FREEZE_MILLIS, async () => {
        primary.freeze();
        await writers.trouble();
      });
      primary.thaw();
      await cluster.mongodb.settled();
    },
    LIMIT,
  );

  it(
    'EventStoreDB hung: its leader answers nothing, and another is elected',
    async () => {
      const { eventStoreDb } = cluster;
      const { node, next } = leaderOf(cluster);
      await during('EventStoreDB hung', FREEZE_MILLIS, async () => {
        node.line.freeze();
        await writers.trouble();
        eventStoreDb.elect(next);
      });
      node.line.thaw();
    },
    LIMIT,
  );

  it(
    'EventStoreDB restarted',
    async () => {
      const { node } = leaderOf(cluster);
      await during('EventStoreDB restarted', KILL_MILLIS, async () => {
        await node.stop();
        await writers.trouble();
        await node.start();
      });
    },
    LIMIT,
  );

  it(
    "EventStoreDB's leader changed",
    async () => {
      const { eventStoreDb } = cluster;
      const { next } = leaderOf(cluster);
      await during("EventStoreDB's leader changed", KILL_MILLIS, async () => {
        eventStoreDb.depose();
        await writers.trouble();
        eventStoreDb.elect(next);
      });
    },
    LIMIT,
  );

  it(
    'an api process killed',
    async () => {
      const [api] = cluster.apis;
      if (api === undefined) throw new Error('there is no api process');
      await during('an api process killed', KILL_MILLIS, () => api.kill());
      await cluster.replace(api);
    },
    LIMIT,
  );

  it(
    'the projector killed: views and timers go on in another process',
    async () => {
      const client = new Client(cluster.apis, await cluster.token());
      const early = await register(client);
      await shown(client, early);
      const holder = await cluster.holder();
      await during('the projector killed: writers', KILL_MILLIS, async () => {
        await holder.kill();
        const from = performance.now();
        const views = register(client).then(async (late) => {
          await shown(client, late);
          noted('the projector killed: views', TAKE_OVER_MILLIS, from);
        });
        const timers = askErasure(client, early.id).then(async (number) => {
          await erased(client, number);
          noted('the projector killed: an erasure', TAKE_OVER_MILLIS + ERASING_MILLIS, from);
        });
        await Promise.all([views, timers]);
      });
      await cluster.replace(holder);
    },
    LIMIT,
  );

  it(
    'nothing acknowledged is lost, nothing is doubled, and views are what a fold from zero makes',
    async () => {
      await writers.stop();
      expect(await wrongAfterwards(cluster, writers.acknowledged)).toEqual([]);
    },
    LIMIT,
  );

  function noted(what: string, bound: number, from: number): void {
    const millis = performance.now() - from;
    measured.add(what, bound, millis);
    expect(millis).toBeLessThan(bound);
  }
});

function leaderOf({ eventStoreDb: { leader = 0, nodes } }: Cluster) {
  const node = nodes[leader];
  if (node === undefined) throw new Error('EventStoreDB has no leader');
  return { node, next: (leader + 1) % nodes.length };
}
