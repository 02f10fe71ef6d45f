import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { START } from '#kernel';

import { all, aStream, someEvents } from '../contract/index.js';
import { withoutIndex } from '../testing/sqlite-surgery.js';
import { inspectSqliteLog, openSqliteEventLog, type SqliteEventLog } from './index.js';

let folder: string;
let log: SqliteEventLog;
/** Whoever edits the file. */
let raw: DatabaseSyncInstance;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'event-log-'));
  log = await openSqliteEventLog(join(folder, 'log.db'));
  raw = new DatabaseSync(join(folder, 'log.db'), { defensive: false });
});
afterEach(async () => {
  await log.close();
  raw.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a row that is none of the ledger', () => {
  const edited = async (change: string) => {
    await log.append(aStream(), 'no-stream', someEvents(3));
    raw.exec(`UPDATE events SET ${change} WHERE position = 2`);
    const page = await log.readStored(START, 10);
    expect(page.map(({ position }) => Number(position))).toEqual([1, 2, 3]);
    return { page, second: page[1] };
  };

  test('comes with whatever stands in it', async () => {
    const { page, second } = await edited(
      "stream = '', id = 'Matti', type = 'no type', revision = -7",
    );
    expect(second).toMatchObject({ stream: '', id: 'Matti', type: 'no type', revision: -7 });
    expect(await log.notInOwnStream(page)).toEqual([]);
  });

  test.each(['stream', 'id', 'type'] as const)(
    'comes where its %s hides behind a NUL',
    async (column) => {
      const { page, second } = await edited(`${column} = ${column} || char(0) || 'x'`);
      const [first] = page;
      expect(second?.[column]).not.toBe(first?.[column]);
      expect(second?.[column].startsWith('\ufffd')).toBe(true);
      expect(await log.notInOwnStream(page)).toEqual(column === 'type' ? [] : [1]);
    },
  );

  test('comes where its text is none', async () => {
    const { page, second } = await edited(
      "stream = CAST(x'ff61' AS TEXT), id = CAST(x'80' AS TEXT)",
    );
    expect(second).toMatchObject({ stream: '\ufffda', id: '\ufffd' });
    expect(await log.notInOwnStream(page)).toEqual([1]);
  });

  test.each(['9223372036854775807', '-9223372036854775807 - 1'])(
    'comes where its revision is %s',
    async (revision) => {
      const { page, second } = await edited(`revision = ${revision}`);
      expect(Math.abs(second?.revision ?? 0)).toBe(Number.MAX_SAFE_INTEGER);
      expect(await log.notInOwnStream(page)).toEqual([1]);
    },
  );

  test('is only in its stream where no position leads to it', async () => {
    const stream = aStream();
    await log.append(stream, 'no-stream', someEvents(4));
    const head = await log.head();
    raw.exec('UPDATE events SET position = -2 WHERE revision = 1');
    raw.exec('UPDATE events SET position = 9223372036854775807 WHERE revision = 2');
    expect((await log.readStored(START, 10)).map(({ revision }) => revision)).toEqual([0, 3]);
    expect(await all(log.onlyInOwnStream(head))).toEqual([
      { stream, revision: 1 },
      { stream, revision: 2 },
    ]);
  });
});

test('a row that was moved to another stream below the index is found on both sides', async () => {
  const stream = aStream();
  await log.append(stream, 'no-stream', someEvents(3));
  withoutIndex(raw, "UPDATE events SET stream = 'moved' WHERE revision = 1");
  const page = await log.readStored(START, 10);
  expect(page[1]?.stream).toBe('moved');
  expect(await log.notInOwnStream(page)).toEqual([1]);
  expect(await all(log.onlyInOwnStream(await log.head()))).toEqual([{ stream, revision: 1 }]);
});

test('a long index is looked through in spans, whatever stands at their ends', async () => {
  for (let n = 0; n < 12; n++) await log.append(aStream(), 'no-stream', someEvents(1_000));
  const odd = ["CAST(x'ff61' AS TEXT)", "'a' || char(0) || 'b'", "''"];
  for (const [n, name] of odd.entries()) {
    const change = `stream = ${name}, revision = 9223372036854775807 - position`;
    raw.exec(
      `UPDATE events SET ${change} WHERE position BETWEEN ${n * 3_000 + 1} AND ${n * 3_000 + 3_000}`,
    );
  }
  const head = await log.head();
  expect(await all(log.onlyInOwnStream(head))).toEqual([]);
  withoutIndex(raw, 'DELETE FROM events WHERE position % 2 = 0');
  expect(await all(log.onlyInOwnStream(head))).toHaveLength(6_000);
});

test('a copy of the log is verified by itself, and nothing is made beside it', async () => {
  const stream = aStream();
  await log.append(stream, 'no-stream', someEvents(3));
  const stored = await log.readStored(START, 10);
  const apart = join(folder, 'apart');
  mkdirSync(apart);
  await log.backup(join(apart, 'copy.db'));
  const seen = await inspectSqliteLog(join(apart, 'copy.db'), async (copy) => ({
    page: await copy.readStored(START, 10),
    missing: await copy.notInOwnStream(await copy.readStored(START, 10)),
    strays: await all(copy.onlyInOwnStream(await copy.head())),
    changes: await all(copy.metadataChanges()),
  }));
  expect(seen).toEqual({ page: stored, missing: [], strays: [], changes: [] });
  expect(readdirSync(apart)).toEqual(['copy.db']);
});
