import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { setFaultProbe } from '#kernel';
import type { JsonObject } from '#kernel';
import { openDatabase, openReader, type Database } from '#sqlite-file';

import { at, change, documents, found, given, THINGS, write } from '../contract/fixture.js';
import { parseFilter } from '../filter.js';
import type { Build, Filter } from '../port.js';
import { filterSql } from './filter-sql.js';
import { openSqliteViews } from './index.js';
import { layoutOf, VIEWS_FORMAT } from './schema.js';
import { SqliteViews } from './sqlite-views.js';

let folder: string;
let file: string;
const opened: { close(): unknown }[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'views-'));
  file = join(folder, 'views.db');
});

afterEach(async () => {
  setFaultProbe(undefined);
  for (const each of opened.splice(0)) await each.close();
  rmSync(folder, { recursive: true, force: true });
});

async function openViews(): Promise<SqliteViews> {
  const views = await openSqliteViews(file);
  opened.push(views);
  return views;
}

/** The views, and the connection that they write on. */
async function openWithWriter(): Promise<{ views: SqliteViews; writer: Database }> {
  const writer = await openDatabase(file, VIEWS_FORMAT);
  const views = new SqliteViews(file, writer, await openReader(file, VIEWS_FORMAT));
  opened.push(views);
  return { views, writer };
}

/** Another connection to the file, as another process has one. */
async function openRaw(): Promise<Database> {
  const db = await openDatabase(file, VIEWS_FORMAT);
  opened.push({
    close: () => {
      if (db.isOpen) db.close();
    },
  });
  return db;
}

function canary(): string {
  return `CANARY${randomBytes(12).toString('hex')}`;
}

/** All canaries in the bytes of all files of the folder. */
function canaries(): ReadonlySet<string> {
  const found = new Set<string>();
  for (const name of readdirSync(folder)) {
    const bytes = readFileSync(join(folder, name), 'latin1');
    for (const [text] of bytes.matchAll(/CANARY[0-9a-f]{24}/g)) found.add(text);
  }
  return found;
}

/** A person's document, with a canary wherever there is something to be forgotten. */
function person(padding: number): JsonObject {
  const tags = [canary(), canary(), canary()];
  return { kind: canary(), tags, envelope: canary(), padding: 'x'.repeat(padding) };
}

function canariesOf(doc: JsonObject): readonly string[] {
  return JSON.stringify(doc).match(/CANARY[0-9a-f]{24}/g) ?? [];
}

describe('forgetting', () => {
  /** Documents that come and change in many batches, so that pages are split again and again. */
  async function populate(views: SqliteViews, build: Build, count: number, padding: number) {
    const docs = new Map<string, JsonObject>();
    const overwritten: string[] = [];
    for (let n = 1; docs.size < count; n++) {
      const fresh = Array.from({ length: 100 }, () => randomBytes(16).toString('hex'));
      const older = [...docs.keys()].filter(() => Math.random() < 20 / docs.size);
      const changes = [...fresh, ...older].map((id) => {
        const doc = person(Math.floor(Math.random() * padding));
        overwritten.push(...canariesOf(docs.get(id) ?? {}));
        docs.set(id, doc);
        return change(id, n, doc);
      });
      await write(views, build, changes);
    }
    return { docs, overwritten };
  }

  test.each([
    ['small', 2_000, 400],
    ['large', 3_000, 6_000],
  ])('nothing of what was dropped or overwritten stays in a %s file', async (_, count, padding) => {
    const views = await openViews();
    const live = await views.live(THINGS);
    const { docs, overwritten } = await populate(views, live, count, padding);
    const gone = [...docs].filter(() => Math.random() < 0.3);
    await write(
      views,
      live,
      gone.map(([id]) => change(id, 100_000, null)),
    );
    await views.scrub();
    const left = canaries();
    const forgotten = [...overwritten, ...gone.flatMap(([, doc]) => canariesOf(doc))];
    expect(forgotten.filter((text) => left.has(text))).toEqual([]);
    for (const [id] of gone) docs.delete(id);
    const kept = [...docs.values()].flatMap(canariesOf);
    expect(kept.filter((text) => !left.has(text))).toEqual([]);
    expect(await views.count(THINGS, {})).toBe(docs.size);
  });

  test('nothing of a build that was dropped stays', async () => {
    const views = await openViews();
    await populate(views, await views.live(THINGS), 300, 400);
    await views.drop(await views.live(THINGS), 1);
    await views.scrub();
    expect(canaries().size).toBe(0);
    const db = await openRaw();
    const tables = db.prepare<{ name: string }>(`SELECT name FROM sqlite_schema`).all();
    expect(tables.filter(({ name }) => /_\d+/.test(name))).toEqual([]);
  });

  test('an open reader is waited for', async () => {
    const views = await openViews();
    const live = await given(views, { a: person(10) });
    const reader = await openRaw();
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM builds').get();
    await write(views, live, [change('a', 2, null)]);
    let reading = true;
    setTimeout(() => {
      reading = false;
      reader.exec('COMMIT');
    }, 50);
    await views.scrub();
    expect(reading).toBe(false);
    expect(canaries().size).toBe(0);
  });

  test('those who ask at the same time share one, which begins after they asked', async () => {
    const views = await openViews();
    const live = await given(views, { a: person(10), b: person(10) });
    let begun = 0;
    setFaultProbe((point) => {
      if (point === 'views.before-scrub') begun += 1;
    });
    const first = views.scrub();
    await write(views, live, [change('a', 2, null), change('b', 2, null)]);
    await Promise.all([views.scrub(), views.scrub(), views.scrub(), first]);
    expect(begun).toBe(2);
    expect(canaries().size).toBe(0);
  });
});

describe('writing', () => {
  test('documents, indexes and checkpoint are written together or not at all', async () => {
    const views = await openViews();
    const live = await given(views, { a: { n: 1, tags: ['x'] } });
    setFaultProbe((point) => {
      if (point === 'projection.before-checkpoint') throw new Error('crash');
    });
    const changes = [change('a', 2, { n: 2, tags: ['y'] }), change('b', 3, { tags: ['y'] })];
    await expect(write(views, live, changes)).rejects.toThrow('crash');
    setFaultProbe(undefined);
    const other = await openRaw();
    // The lock is not kept.
    other.exec('BEGIN IMMEDIATE; COMMIT');
    expect(await documents(views)).toEqual({ a: { n: 1, tags: ['x'] } });
    expect(await found(views, { tags: 'y' })).toEqual([]);
    expect((await views.live(THINGS)).checkpoint).toBe(at(1));
    await write(views, live, [change('a', 2, { n: 2 })]);
    expect(await found(views, { tags: { $in: ['x', 'y'] } })).toEqual([]);
  });

  test('a full disk is an outage, loses nothing, and passes', async () => {
    const { views, writer } = await openWithWriter();
    const live = await given(views, { a: { n: 1 } });
    const pages = Number(
      writer.prepare<{ page_count: number }>('PRAGMA page_count').get()?.page_count,
    );
    writer.exec(`PRAGMA max_page_count = ${String(pages + 2)}`);
    const large = [change('a', 2, { n: 2 }), change('b', 2, { text: 'x'.repeat(100_000) })];
    const full = { name: 'Outage', part: 'views', reason: 'full' };
    await expect(write(views, live, large)).rejects.toMatchObject(full);
    expect(await documents(views)).toEqual({ a: { n: 1 } });
    expect((await views.live(THINGS)).checkpoint).toBe(at(1));
    writer.exec('PRAGMA max_page_count = 1000000');
    await write(views, live, large);
    expect(await views.count(THINGS, {})).toBe(2);
  });

  test('a read-only disk is an outage, and passes', async () => {
    const { views, writer } = await openWithWriter();
    const live = await given(views, {});
    writer.exec('PRAGMA query_only = ON');
    const readonly = { name: 'Outage', part: 'views', reason: 'readonly' };
    await expect(write(views, live, [change('a', 2, {})])).rejects.toMatchObject(readonly);
    await expect(views.begin(THINGS)).rejects.toMatchObject(readonly);
    writer.exec('PRAGMA query_only = OFF');
    await write(views, live, [change('a', 2, {})]);
    expect(await views.count(THINGS, {})).toBe(1);
  });

  test('another process that writes is waited for', async () => {
    const views = await openViews();
    const live = await given(views, {});
    const other = await openRaw();
    other.exec('BEGIN IMMEDIATE');
    const written = write(views, live, [change('a', 2, {})]);
    expect(await views.count(THINGS, {})).toBe(0);
    setTimeout(() => {
      other.exec('COMMIT');
    }, 20);
    await written;
    expect(await views.count(THINGS, {})).toBe(1);
  });
});

describe('filling', () => {
  async function indexesOf(build: Build): Promise<number> {
    const db = await openRaw();
    const like = `docs_${String(build.build)}_f%`;
    const select = `SELECT count(*) AS n FROM sqlite_schema WHERE type = 'index' AND name LIKE ?`;
    return db.prepare<{ n: number }>(select).get(like)?.n ?? 0;
  }

  test('the indexes of a build come with the swap', async () => {
    const views = await openViews();
    const live = await given(views, { a: { n: 1 } });
    expect(await indexesOf(live)).toBe(3);
    const begun = await views.begin(THINGS);
    await write(views, begun, [change('a', 1, { n: 1 }), change('b', 2, { n: 2 })]);
    expect(await indexesOf(begun)).toBe(0);
    await views.swap(begun, 1);
    expect(await indexesOf(begun)).toBe(3);
    expect(await found(views, { n: { $gt: 1 } })).toEqual(['b']);
  });

  test('they come before it when they are needed, and are kept up then', async () => {
    const views = await openViews();
    await given(views, {});
    const begun = await views.begin(THINGS);
    await write(views, begun, [change('a', 1, { n: 1, tags: ['t'] })]);
    expect(await indexesOf(begun)).toBe(0);
    expect(await views.match(begun, THINGS, { tags: 't' })).toEqual(['a']);
    expect(await indexesOf(begun)).toBe(3);
    expect(await views.match(begun, THINGS, { $or: [{ tags: 'x' }, { n: 1 }] })).toEqual(['a']);
    await views.prepare(begun, 1);
    await write(views, begun, [change('a', 2, { n: 2 })]);
    expect(await views.match(begun, THINGS, { n: { $lt: 2 } })).toEqual([]);
    expect(await views.match(begun, THINGS, { n: 2 })).toEqual(['a']);
  });

  test('filling them finds what keeping them up does, for every kind of element', async () => {
    const views = await openViews();
    const texts = ['x', '', '\u0000', '\u0001', 'a\u0000b', '\\u0000', '"', 'ä', '𝔘', '1', 'true'];
    const elements = [...texts, 1, -1.5, 0, 1e21, 9007199254740991, true, false];
    const docs = new Map<string, JsonObject>([
      ['none', {}],
      ['null', { tags: null, nested: {} }],
      ['empty', { tags: [] }],
      ['all', { tags: elements, nested: { labels: ['x', 'x', 1] } }],
      ...elements.map((element, n): [string, JsonObject] => [`e${String(n)}`, { tags: [element] }]),
    ]);
    const changes = [...docs].map(([id, doc]) => change(id, 1, doc));
    const live = await views.live(THINGS);
    await write(views, live, changes);
    const ask = () =>
      Promise.all([
        ...elements.map((tags) => found(views, { tags })),
        found(views, { 'nested.labels': 'x' }),
        found(views, { tags: { $gte: '' } }),
      ]);
    const keptUp = await ask();
    const begun = await views.begin(THINGS);
    await write(views, begun, changes);
    await views.swap(begun, 1);
    expect(await ask()).toEqual(keptUp);
  });

  test('what is written while they are filled is in them', async () => {
    const views = await openViews();
    await given(views, {});
    const begun = await views.begin(THINGS);
    const all = Array.from({ length: 4_000 }, (_, n) =>
      change(`d${String(n)}`, 1, { tags: ['old'], text: 'x'.repeat(4_000) }),
    );
    await write(views, begun, all);
    await views.scrub();
    const fill = { isUnderWay: true };
    const prepared = views.prepare(begun, 1).finally(() => {
      fill.isUnderWay = false;
    });
    let changed = 0;
    for (; fill.isUnderWay && changed < 4_000; changed++) {
      await write(views, begun, [change(`d${String(changed)}`, 2, { tags: ['new'] })]);
    }
    await prepared;
    await views.swap(begun, 1);
    expect(changed).toBeGreaterThan(0);
    expect(await views.count(THINGS, { tags: 'new' })).toBe(changed);
    expect(await views.count(THINGS, { tags: 'old' })).toBe(4_000 - changed);
  });

  test('a large build is indexed on a thread apart', async () => {
    const views = await openViews();
    await given(views, {});
    const begun = await views.begin(THINGS);
    const changes = Array.from({ length: 3_000 }, (_, n) =>
      change(`d${String(n)}`, 1, { n, text: 'x'.repeat(4_000) }),
    );
    await write(views, begun, changes);
    await views.scrub();
    await views.prepare(begun, 1);
    expect(await indexesOf(begun)).toBe(3);
    await views.swap(begun, 1);
    expect(await views.count(THINGS, { n: { $gte: 1_000 } })).toBe(2_000);
  });
});

describe('asking', () => {
  const plans: readonly (readonly [Filter, RegExp])[] = [
    [{ kind: 'x' }, /SEARCH docs_1 USING INDEX docs_1_f0 \(f0=\?\)/],
    [{ kind: null }, /SEARCH docs_1 USING INDEX docs_1_f0 \(f0=\?\)/],
    [{ n: { $gt: 5 } }, /SEARCH docs_1 USING INDEX docs_1_f1 \(f1>\? AND f1<\?\)/],
    [{ n: { $lte: 'x' } }, /SEARCH docs_1 USING INDEX docs_1_f1 \(f1>\? AND f1<\?\)/],
    [{ n: { $in: [1, 2, 3] } }, /SEARCH docs_1 USING INDEX docs_1_f1 \(f1=\?\)/],
    [{ tags: 'x' }, /SEARCH arrays_1 USING PRIMARY KEY \(field=\? AND value=\?\)/],
    [
      { tags: { $gte: 'x' } },
      /SEARCH arrays_1 USING PRIMARY KEY \(field=\? AND value>\? AND value<\?\)/,
    ],
    [{ $or: [{ kind: 'x' }, { n: 1 }] }, /MULTI-INDEX OR/],
  ];

  test.each(plans)('%j goes by an index', async (filter, plan) => {
    await given(await openViews(), { a: {} });
    const db = await openRaw();
    const { sql, values } = filterSql(
      parseFilter(THINGS.indexes, filter),
      layoutOf(1, THINGS.indexes),
    );
    const steps = db
      .prepare<{ detail: string }>(`EXPLAIN QUERY PLAN SELECT doc FROM docs_1 WHERE ${sql}`)
      .all(...values);
    const details = steps.map(({ detail }) => detail).join('\n');
    expect(details).toMatch(plan);
    expect(details).not.toMatch(/SCAN docs_1/);
  });

  test('a page deep in an order is as near as the first', async () => {
    const views = await openViews();
    await given(views, { a: {} });
    const db = await openRaw();
    const select = 'EXPLAIN QUERY PLAN SELECT doc FROM docs_1';
    for (const [where, plan] of [
      ['(f1, id) > (1, ?) ORDER BY f1 ASC, id ASC LIMIT 9', /USING INDEX docs_1_f1 \(.*f1/],
      ['(f1, id) < (1, ?) ORDER BY f1 DESC, id DESC LIMIT 9', /USING INDEX docs_1_f1 \(.*f1/],
      ['f1 IS NULL AND id > ? ORDER BY f1 ASC, id ASC LIMIT 9', /docs_1_f1 \(f1=\? AND id>\?\)/],
      ['f0 = ? AND id > ? ORDER BY id LIMIT 9', /docs_1_f0 \(f0=\? AND id>\?\)/],
    ] as const) {
      const steps = db.prepare<{ detail: string }>(`${select} WHERE ${where}`).all();
      const details = steps.map(({ detail }) => detail).join('\n');
      expect(details).toMatch(plan);
      expect(details).not.toMatch(/TEMP B-TREE/);
    }
  });
});
