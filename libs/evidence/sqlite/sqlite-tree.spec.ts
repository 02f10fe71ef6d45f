import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import type { EventId } from '#kernel';
import { openDatabase, tag, type Database } from '#sqlite-file';

import { expectTree, extensionOf, grow, leafAt, leavesOf } from '../contract/index.js';
import { RUN } from './id-index.js';
import { openSqliteTree, type SqliteTree } from './index.js';
import { TREE_FORMAT } from './schema.js';

let folder: string;
let file: string;
const opened: { close(): unknown }[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tree-'));
  file = join(folder, 'evidence.db');
});

afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
  rmSync(folder, { recursive: true, force: true });
});

async function openTree(busyLimitMillis = 5_000): Promise<SqliteTree> {
  const tree = await openSqliteTree(file, { busyLimitMillis });
  opened.push(tree);
  return tree;
}

/** Another connection to the file, for a look at it and for damage. */
async function openRaw(): Promise<Database> {
  const db = await openDatabase(file, TREE_FORMAT);
  opened.push(db);
  return db;
}

function count(db: Database, query: string): number {
  return db.prepare<{ n: number }>(`SELECT count(*) AS n FROM ${query}`).get()?.n ?? 0;
}

describe('the file', () => {
  test('is of a kind of its own, and its writes need not be on the disk', async () => {
    await openTree();
    const db = await openRaw();
    expect(db.prepare('PRAGMA application_id').get()).toEqual({ application_id: tag('PLev') });
    expect(TREE_FORMAT.synchronous).toBe('NORMAL');
    const another = { ...TREE_FORMAT, applicationId: tag('PLxx') };
    await expect(openDatabase(file, another)).rejects.toMatchObject({ code: 'format-foreign' });
  });

  test('holds ids as 16 bytes and positions as numbers', async () => {
    const tree = await openTree();
    await grow(tree, 0, 300);
    const db = await openRaw();
    const kinds = "typeof(id) = 'blob' AND length(id) = 16 AND typeof(position) = 'integer'";
    expect(count(db, `leaves WHERE ${kinds}`)).toBe(300);
  });

  test('in a folder that is not there is an outage', async () => {
    const nowhere = openSqliteTree(join(folder, 'none', 'evidence.db'));
    await expect(nowhere).rejects.toMatchObject({
      name: 'Outage',
      part: 'evidence',
      reason: 'cannot-open',
    });
  });

  test('is an outage as long as another writes to it, and then no more', async () => {
    const tree = await openTree(30);
    const db = await openRaw();
    db.exec('BEGIN IMMEDIATE');
    const busy = { name: 'Outage', part: 'evidence', reason: 'busy' };
    await expect(tree.extend(extensionOf(0, 3), 1)).rejects.toMatchObject(busy);
    await expectTree(tree, 0);
    db.exec('COMMIT');
    await tree.extend(extensionOf(0, 3), 1);
    await expectTree(tree, 3);
  });

  test('that is damaged is no outage', async () => {
    const tree = await openTree();
    await grow(tree, 0, 3);
    const db = await openRaw();
    for (const damage of ["x'00'", "'no JSON'", "'7'"]) {
      db.exec(`UPDATE leaves SET id = ${damage} WHERE leaf = 1`);
      await expect(tree.leaves(0, 3)).rejects.toMatchObject({
        name: 'IntegrityError',
        code: 'store-corrupt',
      });
    }
    expect(await tree.leaves(2, 3)).toEqual([leafAt(2)]);
  });
});

describe('the index of ids', () => {
  test('holds each leaf once: the newest by themselves, the others in runs', async () => {
    const tree = await openTree();
    const db = await openRaw();
    const recent = () => count(db, 'recent');
    const sealed = () =>
      db.prepare<{ n: number | null }>('SELECT sum(length(entries)) / 12 AS n FROM runs').get()?.n;
    await grow(tree, 0, RUN - 1);
    expect([recent(), sealed()]).toEqual([RUN - 1, null]);
    await grow(tree, RUN - 1, RUN);
    expect([recent(), sealed()]).toEqual([0, RUN]);
    await grow(tree, RUN, RUN + 10);
    expect([recent(), sealed()]).toEqual([10, RUN]);
    await tree.extend(extensionOf(RUN + 10, 2 * RUN), 1);
    expect([recent(), sealed()]).toEqual([0, 3 * RUN + 10]);
    await grow(tree, 3 * RUN + 10, 3 * RUN + 20);
    const leaves = leavesOf(0, 3 * RUN + 20);
    const found = await tree.indexOf(leaves.map(({ id }) => id));
    expect(leaves.filter(({ id }, at) => found.get(id) !== at)).toEqual([]);
    await tree.renew(1);
    expect([recent(), sealed(), count(db, 'leaves'), count(db, 'tiles')]).toEqual([0, null, 0, 0]);
  });

  test('tells ids apart that begin alike, wherever they stand', async () => {
    const tree = await openTree();
    const alike = (n: number) => {
      const id = `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
      return id as EventId;
    };
    const asked = [0, 1, 2, 3].map(alike);
    let size = 0;
    for (const { length, ids } of [
      { length: RUN, ids: [0, 1] },
      { length: RUN, ids: [1, 2] },
      { length: 10, ids: [2, 0] },
    ]) {
      const { leaves, ...rest } = extensionOf(size, length);
      const own = leaves.map((leaf, at) => {
        const n = ids[at - 5];
        return n === undefined ? leaf : { ...leaf, id: alike(n) };
      });
      await tree.extend({ ...rest, leaves: own }, 1);
      size += length;
    }
    const expected = [
      [alike(0), 5],
      [alike(1), 6],
      [alike(2), RUN + 6],
    ] as const;
    expect(await tree.indexOf(asked)).toEqual(new Map(expected));
  });
});
