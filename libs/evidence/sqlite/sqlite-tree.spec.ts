import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import type { EventId } from '#kernel';
import { openDatabase, tag, type Database } from '#sqlite-file';

import { expectTree, extensionOf, grow, leafAt, leavesOf } from '../contract/index.js';
import { RUN } from './id-index.js';
import { openSqliteTree, type SqliteTree } from './index.js';
import type { LeafTile } from './leaf-tiles.js';
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
    expect(db.prepare<object>('PRAGMA application_id').get()).toEqual({
      application_id: tag('PLev'),
    });
    expect(TREE_FORMAT.synchronous).toBe('NORMAL');
    const another = { ...TREE_FORMAT, applicationId: tag('PLxx') };
    await expect(openDatabase(file, another)).rejects.toMatchObject({ code: 'format-foreign' });
  });

  test('holds ids as 16 bytes and positions as numbers', async () => {
    const tree = await openTree();
    await grow(tree, 0, 300);
    const db = await openRaw();
    const rows = db.prepare<LeafTile>('SELECT ids, positions, texts FROM leaves').all();
    expect(rows.map(({ ids, texts }) => [ids.length, texts])).toEqual([
      [256 * 16, null],
      [44 * 16, null],
    ]);
    expect(rows[1]?.positions).toMatch(/^\[769,772,/);
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
    for (const damage of [
      "ids = x'00'",
      "positions = 'no JSON'",
      "positions = '7'",
      "positions = '[1,null,3]'",
      "texts = '[1]'",
      `texts = '["x","y"]'`,
    ]) {
      const before = db.prepare<LeafTile>('SELECT ids, positions, texts FROM leaves').get();
      db.exec(`UPDATE leaves SET ${damage}`);
      await expect(tree.leaves(0, 3)).rejects.toMatchObject({
        name: 'IntegrityError',
        code: 'store-corrupt',
      });
      const { ids, positions, texts } = before ?? { ids: '', positions: '', texts: null };
      db.prepare('UPDATE leaves SET ids = ?, positions = ?, texts = ?').run(ids, positions, texts);
      expect(await tree.leaves(2, 3)).toEqual([leafAt(2)]);
    }
  });
});

describe('the index of ids', () => {
  test('has each leaf in one run at most: the newest are in none', async () => {
    const tree = await openTree();
    const db = await openRaw();
    const sealed = () =>
      db.prepare<{ n: number | null }>('SELECT sum(length(entries)) / 12 AS n FROM runs').get()?.n;
    await grow(tree, 0, RUN - 1);
    expect(sealed()).toBeNull();
    await grow(tree, RUN - 1, RUN);
    expect(sealed()).toBe(RUN);
    await grow(tree, RUN, RUN + 10);
    expect(sealed()).toBe(RUN);
    await tree.extend(extensionOf(RUN + 10, 2 * RUN), 1);
    expect(sealed()).toBe(3 * RUN + 10);
    await grow(tree, 3 * RUN + 10, 3 * RUN + 20);
    const leaves = leavesOf(0, 3 * RUN + 20);
    const found = await tree.indexOf(leaves.map(({ id }) => id));
    expect(leaves.filter(({ id }, at) => found.get(id) !== at)).toEqual([]);
    await tree.renew(1);
    expect([sealed(), count(db, 'leaves'), count(db, 'tiles')]).toEqual([null, 0, 0]);
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
