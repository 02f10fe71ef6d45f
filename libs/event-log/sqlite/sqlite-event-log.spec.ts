import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { setFaultProbe, START, type RecordedEvent } from '#kernel';
import { openDatabase, openReader, type Database } from '#sqlite-file';

import { all, anEvent, aStream, firstOf, given, someEvents } from '../contract/index.js';
import {
  EVENT_LOG_FAULT_POINTS,
  openSqliteEventLog,
  SqliteEventLog,
  type SqliteEventLogOptions,
} from './index.js';
import { EVENT_LOG_FORMAT } from './schema.js';

let folder: string;
let file: string;
let commits: number[];
const opened: { close(): unknown }[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'event-log-'));
  file = join(folder, 'log.db');
  commits = [];
});

afterEach(async () => {
  setFaultProbe(undefined);
  for (const each of opened.splice(0)) await each.close();
  rmSync(folder, { recursive: true, force: true });
});

async function openLog(options: SqliteEventLogOptions = {}, path = file): Promise<SqliteEventLog> {
  const log = await openSqliteEventLog(path, {
    onCommit: (appends) => commits.push(appends),
    ...options,
  });
  opened.push(log);
  return log;
}

/** A log, and the connection that it writes on. */
async function openWithWriting(): Promise<{ log: SqliteEventLog; writing: Database }> {
  const writing = await openDatabase(file, EVENT_LOG_FORMAT);
  const reading = await openReader(file, EVENT_LOG_FORMAT);
  const log = new SqliteEventLog(file, writing, reading, {});
  opened.push(log);
  return { log, writing };
}

async function openRaw(): Promise<Database> {
  const db = await openDatabase(file, EVENT_LOG_FORMAT);
  opened.push({
    close: () => {
      if (db.isOpen) db.close();
    },
  });
  return db;
}

const append = (log: SqliteEventLog) => log.append(aStream(), 'no-stream', [anEvent()]);

describe('group commit', () => {
  test('appends that arrive together share one COMMIT', async () => {
    const log = await openLog();
    await Promise.all(Array.from({ length: 64 }, () => append(log)));
    expect(commits).toEqual([64]);
  });

  test('appends one after another have each their own', async () => {
    const log = await openLog();
    for (let n = 0; n < 3; n++) await append(log);
    expect(commits).toEqual([1, 1, 1]);
  });

  test('a conflict within a group leaves the others in it', async () => {
    const log = await openLog();
    const stream = aStream();
    const settled = await Promise.allSettled([
      log.append(stream, 'no-stream', someEvents(2)),
      log.append(stream, 'no-stream', someEvents(2)),
      log.append(stream, 1, someEvents(2)),
    ]);
    expect(settled).toMatchObject([
      { value: { revision: 1 } },
      { reason: { name: 'WrongExpectedRevision', actual: 1 } },
      { value: { revision: 3 } },
    ]);
    expect(commits).toEqual([3]);
  });
});

describe('a disk that does not take any more', () => {
  test('when full: nothing acknowledged is lost, and appends go on when there is room', async () => {
    const { log, writing } = await openWithWriting();
    const stream = aStream();
    const before = someEvents(3);
    await log.append(stream, 'no-stream', before);
    const { page_count: pages } = writing
      .prepare<{ page_count: number }>('PRAGMA page_count')
      .get() ?? { page_count: 0 };
    writing.exec(`PRAGMA max_page_count = ${pages + 1}`);
    const event = anEvent({ filler: 'x'.repeat(50_000) });
    await expect(log.append(stream, 2, [event])).rejects.toMatchObject({
      name: 'Outage',
      part: 'event-log',
      reason: 'full',
    });
    expect((await all(log.read(stream, 0))).map(given)).toEqual(before);
    writing.exec('PRAGMA max_page_count = 1000000');
    await log.append(stream, 2, [event]);
    expect((await all(log.read(stream, 0))).map(given)).toEqual([...before, event]);
  });

  test('when read-only: likewise', async () => {
    const { log, writing } = await openWithWriting();
    const stream = aStream();
    const [first, second] = [anEvent(), anEvent()];
    await log.append(stream, 'no-stream', [first]);
    writing.exec('PRAGMA query_only = ON');
    await expect(log.append(stream, 0, [second])).rejects.toMatchObject({
      name: 'Outage',
      reason: 'readonly',
    });
    expect((await all(log.read(stream, 0))).map(given)).toEqual([first]);
    writing.exec('PRAGMA query_only = OFF');
    await log.append(stream, 0, [second]);
    expect((await all(log.read(stream, 0))).map(given)).toEqual([first, second]);
  });
});

describe('another process that writes', () => {
  test('is waited for', async () => {
    const log = await openLog();
    const other = await openRaw();
    other.exec('BEGIN IMMEDIATE');
    const appended = append(log);
    expect(await log.head()).toBe(START);
    other.exec('COMMIT');
    await appended;
  });

  test('is an outage if it does not end', async () => {
    const log = await openLog({ busyLimitMillis: 20 });
    const other = await openRaw();
    other.exec('BEGIN IMMEDIATE');
    await expect(append(log)).rejects.toMatchObject({ name: 'Outage', reason: 'busy' });
    other.exec('COMMIT');
    await append(log);
  });
});

describe('fault points', () => {
  test('are all reached', async () => {
    const log = await openLog();
    const reached = new Set<string>();
    setFaultProbe((point) => reached.add(point));
    await log.append(aStream(), 'no-stream', someEvents(2));
    expect([...reached].sort()).toEqual([...EVENT_LOG_FAULT_POINTS].sort());
  });

  test.each(['append.between-events', 'append.before-commit'])(
    'what ends at %s was not written',
    async (at) => {
      const log = await openLog();
      setFaultProbe((point) => {
        if (point === at) throw new Error('ended');
      });
      await expect(log.append(aStream(), 'no-stream', someEvents(2))).rejects.toThrow('ended');
      setFaultProbe(undefined);
      expect(await log.head()).toBe(START);
      await append(log);
    },
  );
});

describe('the file', () => {
  test('is marked with its kind and its format version', async () => {
    await openLog();
    const raw = await openRaw();
    expect(raw.prepare<unknown>('PRAGMA user_version').get()).toEqual({ user_version: 1 });
    expect(raw.prepare<unknown>('PRAGMA application_id').get()).toEqual({
      application_id: 0x504c656c,
    });
  });

  test('of a later program is refused', async () => {
    await (await openLog()).close();
    const raw = await openRaw();
    raw.exec('PRAGMA user_version = 2');
    raw.close();
    await expect(openLog()).rejects.toMatchObject({ code: 'format-newer' });
  });

  test('does not give a position twice, even where its newest events were cut off', async () => {
    const log = await openLog();
    await append(log);
    const { position } = await append(log);
    (await openRaw()).exec('DELETE FROM events');
    expect((await append(log)).position > position).toBe(true);
  });

  test('with an event that is not JSON is refused, without quoting it', async () => {
    const log = await openLog();
    await append(log);
    (await openRaw()).exec(`UPDATE events SET data = CAST('"Aino' AS BLOB)`);
    const reading = log.readAll(START, 1);
    await expect(reading).rejects.toMatchObject({ code: 'event-unreadable' });
    await expect(reading).rejects.not.toThrow(/Aino/);
  });

  test('keeps its write-ahead log short beside a subscription', async () => {
    const log = await openLog();
    const ending = new AbortController();
    let seen = 0;
    const subscription = (async () => {
      for await (const page of log.subscribe(START, ending.signal)) seen += page.length;
    })();
    const wide = () => anEvent({ filler: 'x'.repeat(20_000) });
    for (let round = 0; round < 20; round++) {
      await Promise.all(
        Array.from({ length: 100 }, () => log.append(aStream(), 'no-stream', [wide()])),
      );
    }
    ending.abort();
    await subscription;
    expect(seen).toBeGreaterThan(0);
    expect(statSync(file).size).toBeGreaterThan(20_000_000);
    expect(statSync(`${file}-wal`).size).toBeLessThan(24_000_000);
  });
});

test('a subscription does not wait for its next look when its own process appends', async () => {
  const log = await openLog({ pollMillis: 600_000 });
  const seen = firstOf(2, log.subscribe(START, new AbortController().signal));
  await append(log);
  await append(log);
  expect(await seen).toHaveLength(2);
});

test('pages of large events are short, and leave none out', async () => {
  const log = await openLog();
  const wide = Array.from({ length: 450 }, (_, n) => anEvent({ n, x: 'x'.repeat(20_000) }));
  const stream = aStream();
  for (let n = 0; n < wide.length; n += 50) {
    await log.append(stream, n === 0 ? 'no-stream' : n - 1, wide.slice(n, n + 50));
  }
  const first = await log.readAll(START, 1_000);
  expect(first.length).toBeGreaterThan(0);
  expect(first.length).toBeLessThan(wide.length);
  const rest: RecordedEvent[] = [];
  for (let last = first.at(-1); last !== undefined; last = rest.at(-1)) {
    const page = await log.readAll(last.position, 1_000);
    if (page.length === 0) break;
    rest.push(...page);
  }
  const ids = [...first, ...rest].map((event) => event.id);
  expect(ids).toEqual(wide.map((event) => event.id));
  expect((await all(log.read(stream, 0))).map((event) => event.id)).toEqual(ids);
});

test('a backup is the log as it was, and opens as one', async () => {
  const log = await openLog();
  await log.claim('one');
  await append(log);
  const before = await log.readAll(START, 10);
  await log.backup(join(folder, 'copy.db'));
  await append(log);
  const copy = await openLog({}, join(folder, 'copy.db'));
  expect(await copy.readAll(START, 10)).toEqual(before);
  expect(await copy.ledgerId()).toBe('one');
  await expect(log.backup(join(folder, 'copy.db'))).rejects.toMatchObject({ rule: 'exists' });
});
