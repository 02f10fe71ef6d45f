import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { MemoryEventLog } from '#event-log/memory';
import { setFaultProbe, START, systemClock, type JsonObject } from '#kernel';
import { onMongo } from '#mongo-store/testing';

import { at, change, THINGS } from '../contract/fixture.js';
import type { Build, Change } from '../port.js';
import { ProjectionRunner } from '../projection-runner.js';
import { append, Breakable, foldFromZero } from '../testing/carts.js';
import { openMongoViews, type MongoViews } from './index.js';
import { givenDocument, storedDocument } from './stored-documents.js';

const LONG = 10_000;

onMongo('the views on MongoDB', ({ url, client, fresh }) => {
  let database: string;
  let views: MongoViews;
  const opened: MongoViews[] = [];
  const open = async () => {
    const made = await openMongoViews(url, { database });
    opened.push(made);
    return made;
  };
  const collections = async () =>
    (await client.db(database).listCollections({}, { nameOnly: true }).toArray())
      .map(({ name }) => name)
      .filter((name) => name.startsWith('docs_'))
      .sort();
  const write = (on: MongoViews, build: Build, epoch: number, ...changes: readonly Change[]) =>
    on.write(build, THINGS, { changes, checkpoint: changes.at(-1)?.position ?? START, epoch });

  beforeEach(async () => {
    database = fresh();
    views = await open();
  });
  afterEach(async () => {
    setFaultProbe(undefined);
    for (const each of opened.splice(0)) await each.close();
  });

  describe('who was overtaken', () => {
    test('writes no document, also where it had already looked that it may', async () => {
      const live = await views.live(THINGS);
      const second = await open();
      await write(views, live, 1, change('a', 1, { n: 1 }));
      // It looks for the last time; then another takes over, and only then do its documents go out.
      const documents = client.db(database).collection('docs_1');
      await write(second, live, 2, change('b', 2, { n: 2 }));
      const stale = { position: at(9), epoch: 1, alive: true, doc: { n: 9 } };
      const replaced = documents.replaceOne({ _id: 'a' as never }, stale);
      await expect(replaced).rejects.toMatchObject({ code: 121 });
      const inserted = documents.insertOne({ _id: 'c' as never, ...stale });
      await expect(inserted).rejects.toMatchObject({ code: 121 });
      const late = write(views, live, 1, change('a', 9, { n: 9 }));
      await expect(late).rejects.toMatchObject({ name: 'Fenced' });
      expect(await views.find(THINGS, {}, { limit: 9 })).toMatchObject([
        { id: 'a', doc: { n: 1 } },
        { id: 'b', doc: { n: 2 } },
      ]);
    });

    test('between its documents and its checkpoint writes no checkpoint', async () => {
      const live = await views.live(THINGS);
      const second = await open();
      await write(views, live, 1, change('a', 1, { n: 1 }));
      let overtaking: Promise<void> | undefined;
      setFaultProbe((point) => {
        if (point !== 'projection.before-checkpoint' || overtaking !== undefined) return;
        overtaking = Promise.resolve();
        overtaking = write(second, live, 2, change('b', 2, { n: 2 }));
        throw new Error('frozen');
      });
      await expect(write(views, live, 1, change('c', 7, {}))).rejects.toThrow('frozen');
      await overtaking;
      await expect(write(views, live, 1, change('c', 7, {}))).rejects.toMatchObject({
        name: 'Fenced',
      });
      expect((await views.live(THINGS)).checkpoint).toBe(at(2));
    });
  });

  test('what a late writer makes of a build that is gone is cleared away', async () => {
    const live = await views.live(THINGS);
    await write(views, live, 1, change('a', 1, { n: 1 }));
    const begun = await views.begin(THINGS);
    await write(views, begun, 1, change('a', 1, { n: 1 }));
    await views.drop(begun, 1);
    await client.db(database).collection(`docs_${begun.build}`).insertOne({ late: true });
    expect(await collections()).toEqual(['docs_1', 'docs_2']);
    await views.scrub();
    expect(await collections()).toEqual(['docs_1']);
    expect(await views.count(THINGS, {})).toBe(1);
  });

  test('every declared index is there, and queries use it, also for the next page', async () => {
    const live = await views.live(THINGS);
    await write(views, live, 1, change('a', 1, { n: 1 }));
    const documents = client.db(database).collection('docs_1');
    const names = (await documents.indexes()).map(({ name }) => name);
    expect(names.sort()).toEqual(['_id_', ...THINGS.indexes.map(({ field }) => field)].sort());
    const { profiled } = await profiling(database, async () => {
      const sort = { field: 'n', direction: 1 } as const;
      await views.find(THINGS, {}, { limit: 5, sort, after: { id: '0', value: 0 } });
    });
    expect(profiled).toHaveLength(1);
    expect(profiled[0]?.planSummary).toMatch(/^IXSCAN/);
    expect(profiled[0]?.hasSortStage).toBeUndefined();
  });

  async function profiling(name: string, work: () => Promise<void>) {
    const db = client.db(name);
    await db.command({ profile: 2 });
    await work();
    await db.command({ profile: 0 });
    const about = { op: 'query', ns: `${name}.docs_1` };
    return { profiled: await db.collection('system.profile').find(about).toArray() };
  }

  test('a document with names that mean something to MongoDB comes back as it was', async () => {
    const live = await views.live(THINGS);
    const odd: JsonObject = {
      $set: { $ref: 'x', $id: 'y', $db: 'z' },
      'a.b': { '0': 1, '10': 2, '': 3 },
      '~$': '$n',
      'nul\u0000\u0001': ['\u0000'],
      _bsontype: 'ObjectId',
      _id: 'own',
      position: 7,
      n: 1,
    };
    await write(views, live, 1, change('a', 1, odd));
    expect((await views.get(THINGS, 'a'))?.doc).toEqual(odd);
    await write(views, live, 1, change('a', 2, { ...odd, n: 2 }));
    expect((await views.find(THINGS, { n: 2 }, { limit: 1 }))[0]?.doc).toEqual({ ...odd, n: 2 });
  });

  test('a document that MongoDB cannot hold is refused, and is no outage', async () => {
    const live = await views.live(THINGS);
    let deep: JsonObject = {};
    for (let i = 0; i < 200; i++) deep = { deep };
    const refused: Readonly<Record<string, JsonObject>> = {
      'document-size': { text: 'x'.repeat(17_000_000) },
      'document-depth': deep,
      'document-text': { text: '\ud800' },
    };
    for (const [code, doc] of Object.entries(refused)) {
      const written = write(views, live, 1, change('a', 1, doc));
      await expect(written).rejects.toMatchObject({ name: 'IntegrityError', code });
    }
    expect(await views.count(THINGS, {})).toBe(0);
  });

  test('events, a rebuild and a restart leave what a fold from zero leaves', async () => {
    const log = new MemoryEventLog();
    const view = new Breakable().view();
    const amounts = fc.sample(fc.integer({ min: 1, max: 9 }), { numRuns: 40, seed: 7 });
    for (const epoch of [1, 2]) {
      const store = await open();
      const settings = { batchEvents: 5, flushDocuments: 2, retryMillis: 1, pollMillis: 2 };
      const clock = systemClock;
      const runner = new ProjectionRunner({
        log,
        views: store,
        clock,
        definitions: [view],
        settings,
      });
      runner.start(epoch);
      const cart = (i: number) => `cart-${i % 4}`;
      const events = amounts.flatMap((amount, i) => [
        ...(i < 4 ? [{ type: 'Opened' as const, cart: cart(i), key: `k${i % 2}` }] : []),
        { type: 'Added' as const, cart: cart(i), amount },
      ]);
      await append(log, ...events);
      const before = await store.live(view);
      await runner.rebuild('carts');
      const last = await append(log, { type: 'KeyGone', key: 'k1' });
      // Its end comes by itself; the test's own time limit is the limit.
      while ((await store.live(view)).id === before.id);
      expect(await runner.waitFor('carts', last, LONG)).toBe(true);
      const rows = await store.find(view, {}, { limit: 100 });
      const docs = Object.fromEntries(rows.map(({ id, doc }) => [id, doc]));
      expect(docs).toEqual(foldFromZero(view, await log.readAll(START, 1_000)));
      await runner.stop();
    }
  });
});

test('any names come back as they were given', () => {
  const name = fc.string({
    unit: fc.constantFrom('$', '~', '.', '\u0000', '\u0001', '\u0002', 'a'),
  });
  const document = fc.dictionary(name, fc.oneof(fc.jsonValue(), fc.dictionary(name, name)));
  fc.assert(
    fc.property(document, (generated) => {
      const doc = JSON.parse(JSON.stringify(generated)) as JsonObject;
      const stored = storedDocument(doc);
      expect(givenDocument(stored)).toEqual(doc);
      expect(
        Object.keys(stored).filter((key) => key.startsWith('$') || key.includes('\u0000')),
      ).toEqual([]);
    }),
  );
});
