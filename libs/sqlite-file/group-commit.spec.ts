import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import {
  GroupCommit,
  openDatabase,
  tag,
  type Database,
  type FileFormat,
  type GroupCommitOptions,
} from './index.js';

const FORMAT: FileFormat = {
  part: 'numbers',
  applicationId: tag('test'),
  migrations: [
    (db) => {
      db.exec('CREATE TABLE numbers (n INTEGER PRIMARY KEY, filler BLOB) STRICT');
    },
  ],
};

const pragma = (db: Database, name: string) =>
  db.prepare<Record<string, unknown>>(`PRAGMA ${name}`).get()?.[name];

let folder: string;
let db: Database;
let other: Database;
let commits: number[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'group-commit-'));
  db = await openDatabase(join(folder, 'numbers.db'), FORMAT);
  other = await openDatabase(join(folder, 'numbers.db'), FORMAT);
  commits = [];
});

afterEach(() => {
  for (const connection of [db, other]) if (connection.isOpen) connection.close();
  rmSync(folder, { recursive: true, force: true });
});

function group(options: Partial<GroupCommitOptions> = {}, on = db): GroupCommit {
  return new GroupCommit(on, {
    part: 'numbers',
    onCommit: (works) => commits.push(works),
    ...options,
  });
}

const add =
  (n: number, bytes = 0) =>
  () => {
    db.prepare('INSERT INTO numbers (n, filler) VALUES (?, ?)').run(n, Buffer.alloc(bytes));
    return n;
  };
const numbers = (connection = other) =>
  connection
    .prepare<{ n: number }>('SELECT n FROM numbers ORDER BY n')
    .all()
    .map((row) => row.n);

/** The connection, with one statement that fails as SQLite would. */
function failingOn(statement: string, errcode: number): Database {
  return new Proxy(db, {
    get(target, name) {
      if (name !== 'prepare') {
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      }
      return (sql: string) =>
        sql === statement
          ? {
              run: () => {
                throw Object.assign(new Error('injected'), { errcode });
              },
            }
          : target.prepare(sql);
    },
  });
}

describe('work that arrives together', () => {
  test('shares one transaction, and is answered when others can see it', async () => {
    const commit = group();
    const seen = await Promise.all([1, 2, 3].map((n) => commit.run(add(n)).then(() => numbers())));
    expect(commits).toEqual([3]);
    expect(seen).toEqual([
      [1, 2, 3],
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  test('is not sunk by one that throws, nor by one that breaks a constraint', async () => {
    const commit = group();
    const settled = await Promise.allSettled([
      commit.run(add(1)),
      commit.run(() => {
        add(2)();
        throw new Error('thought better of it');
      }),
      commit.run(add(1)),
      commit.run(add(4)),
    ]);
    expect(settled.map((result) => result.status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
    ]);
    expect(numbers()).toEqual([1, 4]);
  });

  test('is split where there is too much of it', async () => {
    const commit = group({ maxGroup: 2 });
    await Promise.all([1, 2, 3, 4, 5].map((n) => commit.run(add(n))));
    expect(commits).toEqual([2, 2, 1]);
  });
});

describe('a full disk', () => {
  test('is an outage for its group, and writing works again when there is room', async () => {
    const commit = group();
    await commit.run(add(1));
    db.exec(`PRAGMA max_page_count = ${String(pragma(db, 'page_count'))}`);
    const settled = await Promise.allSettled([2, 3].map((n) => commit.run(add(n, 20_000))));
    for (const result of settled) {
      expect(result).toMatchObject({ reason: { name: 'Outage', part: 'numbers', reason: 'full' } });
    }
    expect(numbers()).toEqual([1]);
    db.exec('PRAGMA max_page_count = 1000000');
    await commit.run(add(4, 20_000));
    expect(numbers()).toEqual([1, 4]);
  });

  test('concerns only the transaction that met it', async () => {
    const commit = group({ maxGroup: 1 });
    db.exec(`PRAGMA max_page_count = ${String(pragma(db, 'page_count'))}`);
    const settled = await Promise.allSettled([commit.run(add(1, 20_000)), commit.run(add(2))]);
    expect(settled).toMatchObject([{ reason: { reason: 'full' } }, { value: 2 }]);
  });
});

test('a read-only disk is an outage, until it is not', async () => {
  const commit = group();
  db.exec('PRAGMA query_only = ON');
  await expect(commit.run(add(1))).rejects.toMatchObject({ name: 'Outage', reason: 'readonly' });
  db.exec('PRAGMA query_only = OFF');
  await expect(commit.run(add(2))).resolves.toBe(2);
});

test('a COMMIT that fails is rolled back and acknowledges nothing', async () => {
  const IOERR_WRITE = 778;
  const commit = group({}, failingOn('COMMIT', IOERR_WRITE));
  const settled = await Promise.allSettled([commit.run(add(1)), commit.run(add(2))]);
  expect(settled).toMatchObject([{ reason: { reason: 'io' } }, { reason: { reason: 'io' } }]);
  expect(db.isTransaction).toBe(false);
  expect(numbers()).toEqual([]);
});

test('a COMMIT that fails takes nobody along who was not in it', async () => {
  const IOERR_WRITE = 778;
  const commit = group({ maxGroup: 1 }, failingOn('COMMIT', IOERR_WRITE));
  const order: number[] = [];
  const note = (n: number) => () => order.push(n);
  await Promise.all([commit.run(add(1)).catch(note(1)), commit.run(add(2)).catch(note(2))]);
  expect(order).toEqual([1, 2]);
});

test('after a failed fsync the process ends, and nothing is written any more', async () => {
  const IOERR_FSYNC = 1034;
  const ends: string[] = [];
  const commit = group({ die: (reason) => ends.push(reason) }, failingOn('COMMIT', IOERR_FSYNC));
  await expect(commit.run(add(1))).rejects.toMatchObject({ name: 'Outage', reason: 'fsync' });
  await expect(commit.run(add(2))).rejects.toMatchObject({ name: 'Outage', reason: 'closed' });
  expect(ends).toEqual(['numbers: fsync failed']);
});

describe('another process that writes', () => {
  test('is waited for without blocking', async () => {
    const commit = group();
    other.exec('BEGIN IMMEDIATE');
    const written = commit.run(add(1));
    await new Promise((resolve) => setImmediate(resolve));
    other.exec('COMMIT');
    await expect(written).resolves.toBe(1);
  });

  test('is an outage when it does not end', async () => {
    const commit = group({ busyLimitMillis: 30 });
    other.exec('BEGIN IMMEDIATE');
    await expect(commit.run(add(1))).rejects.toMatchObject({ name: 'Outage', reason: 'busy' });
    other.exec('COMMIT');
    await expect(commit.run(add(2))).resolves.toBe(2);
  });
});

test('closing waits for what was handed in and takes no more', async () => {
  const commit = group();
  const written = commit.run(add(1));
  await commit.close();
  await expect(written).resolves.toBe(1);
  await expect(commit.run(add(2))).rejects.toMatchObject({ name: 'Outage', reason: 'closed' });
});
