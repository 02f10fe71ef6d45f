import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { START } from '#kernel';

import { all, anEvent, aStream, someEvents } from '../contract/index.js';
import {
  startCluster,
  startTestServer,
  type TestServer,
} from '../testing/eventstoredb-server/index.js';
import { openEventStoreDb, type EventStoreDbLog } from './index.js';

/** Short enough to wait for, long enough for a busy machine. */
const LIMIT = 1_500;

let server: TestServer;
let log: EventStoreDbLog;
let problems: string[];

beforeEach(async () => {
  server = await startTestServer();
  problems = [];
  log = openEventStoreDb(server.url, {
    timeLimitMillis: LIMIT,
    onProblem: (problem) => problems.push(problem),
  });
});
afterEach(async () => {
  await log.close();
  await server.close();
});

const outage = (reason: string) => ({ name: 'Outage', part: 'event-log', reason });

/** How many events of the ledger the server has. */
const stored = () => server.records.filter((record) => record.stream.startsWith('ledger.')).length;

describe('a server that is slow', () => {
  test('is asked for no more at once than it answers in time', async () => {
    server.faults.readMillis = LIMIT / 500;
    const reads = Array.from({ length: 1_000 }, () => all(log.read(aStream(), 0)));
    expect(await Promise.all(reads)).toEqual(reads.map(() => []));
    expect(problems).toEqual([]);
  });

  test('is waited for while it answers others', async () => {
    server.faults.readMillis = LIMIT / 80;
    const reads = Array.from({ length: 120 }, () => all(log.read(aStream(), 0)));
    expect(await Promise.all(reads)).toEqual(reads.map(() => []));
    expect(problems).toEqual([]);
  });
});

describe('a server that hangs', () => {
  test('is given up in time, and the retry writes nothing twice', async () => {
    const stream = aStream();
    const events = someEvents(2);
    await log.append(aStream(), 'no-stream', [anEvent()]);
    server.line.freeze();
    const startedAt = performance.now();
    await expect(log.append(stream, 'no-stream', events)).rejects.toMatchObject(outage('timeout'));
    expect(performance.now() - startedAt).toBeLessThan(2 * LIMIT);
    await expect(all(log.read(stream, 0))).rejects.toMatchObject(outage('timeout'));
    await expect(log.readAll(START, 1)).rejects.toMatchObject(outage('timeout'));
    server.line.thaw();
    const appended = await log.append(stream, 'no-stream', events);
    expect(appended.revision).toBe(1);
    expect(await log.append(stream, 'no-stream', events)).toEqual(appended);
    expect(stored()).toBe(3);
    expect(problems).not.toEqual([]);
  });

  test('on its old connections only, is reached on a new one', async () => {
    const stream = aStream();
    await log.append(stream, 'no-stream', [anEvent()]);
    server.line.freezeConnections();
    const event = anEvent();
    await expect(log.append(stream, 0, [event])).rejects.toMatchObject(outage('timeout'));
    const startedAt = performance.now();
    await log.append(stream, 0, [event]);
    expect(performance.now() - startedAt).toBeLessThan(LIMIT);
    expect(stored()).toBe(2);
  });

  test('is given up in time by all who wait for their turn, too', async () => {
    await log.append(aStream(), 'no-stream', [anEvent()]);
    server.line.freeze();
    const startedAt = performance.now();
    const reads = Array.from({ length: 1_000 }, () => all(log.read(aStream(), 0)));
    const settled = await Promise.allSettled(reads);
    expect(performance.now() - startedAt).toBeLessThan(3 * LIMIT);
    expect(settled).toEqual(settled.map(() => ({ status: 'rejected', reason: expect.anything() })));
    for (const result of settled) expect(result).toMatchObject({ reason: { name: 'Outage' } });
    const waiting = Array.from({ length: 200 }, () => log.readAll(START, 1));
    await Promise.all([log.close(), Promise.allSettled(waiting)]);
    await expect(waiting.at(-1)).rejects.toMatchObject(outage('closed'));
  });

  test('with much under way, leaves each event once', async () => {
    await log.append(aStream(), 'no-stream', [anEvent()]);
    server.line.freeze();
    const appends = Array.from({ length: 64 }, () => {
      const [stream, event] = [aStream(), anEvent({ x: 'x'.repeat(50_000) })];
      return () => log.append(stream, 'no-stream', [event]);
    });
    const settled = await Promise.allSettled(appends.map((append) => append()));
    expect(new Set(settled.map((result) => result.status))).toEqual(new Set(['rejected']));
    for (const result of settled) expect(result).toMatchObject({ reason: { name: 'Outage' } });
    server.line.thaw();
    for (const append of appends) await append();
    expect(stored()).toBe(65);
  });

  test('does not keep a log from closing', async () => {
    await log.append(aStream(), 'no-stream', [anEvent()]);
    server.line.freeze();
    const append = log.append(aStream(), 'no-stream', [anEvent()]);
    const refused = expect(append).rejects.toMatchObject({ name: 'Outage' });
    const reading = expect(log.head()).rejects.toMatchObject({ name: 'Outage' });
    await log.close();
    await refused;
    await reading;
    await expect(log.head()).rejects.toMatchObject(outage('closed'));
  });
});

describe('a server that is away', () => {
  test('is an outage, and the log goes on when it is back', async () => {
    const stream = aStream();
    const event = anEvent();
    await server.stop();
    const away = outage('unreachable');
    await expect(log.append(stream, 'no-stream', [event])).rejects.toMatchObject(away);
    await expect(all(log.read(stream, 0))).rejects.toMatchObject(away);
    await expect(log.readAll(START, 1)).rejects.toMatchObject(away);
    await expect(log.head()).rejects.toMatchObject(away);
    await expect(log.ledgerId()).rejects.toMatchObject(away);
    await expect(log.claim('one')).rejects.toMatchObject(away);
    await server.start();
    await log.append(stream, 'no-stream', [event]);
    expect(await all(log.read(stream, 0))).toHaveLength(1);
  });

  test('for a restart is not noticed by the next call', async () => {
    const stream = aStream();
    const events = someEvents(2);
    const first = await log.append(stream, 'no-stream', events);
    for (const call of [
      () => log.append(stream, 'no-stream', events),
      () => log.append(stream, 1, [anEvent()]),
      () => all(log.read(stream, 0)),
      () => log.readAll(START, 10),
      () => log.head(),
    ]) {
      await server.stop();
      await server.start();
      await call();
    }
    expect(await log.append(stream, 'no-stream', events)).toEqual(first);
    expect(stored()).toBe(3);
  });

  test('in the moment between a write and its answer, leaves one event', async () => {
    const stream = aStream();
    await log.append(aStream(), 'no-stream', [anEvent()]);
    server.faults.beforeAcknowledging = () => {
      server.faults.beforeAcknowledging = undefined;
      server.line.cut();
    };
    const { position, revision } = await log.append(stream, 'no-stream', [anEvent()]);
    expect(revision).toBe(0);
    expect((await all(log.read(stream, 0))).map((event) => event.position)).toEqual([position]);
    expect(stored()).toBe(2);
  });
});

test('a server that is not ready is an outage until it is', async () => {
  server.faults.ready = false;
  const stream = aStream();
  const event = anEvent();
  await expect(log.append(stream, 'no-stream', [event])).rejects.toMatchObject(outage('not-ready'));
  await expect(log.readAll(START, 1)).rejects.toMatchObject(outage('not-ready'));
  server.faults.ready = true;
  await log.append(stream, 'no-stream', [event]);
  expect(stored()).toBe(1);
});

test('access that is denied is an outage with its reason', async () => {
  server.faults.denied = 'everything';
  const denied = outage('access-denied');
  await expect(log.append(aStream(), 'no-stream', [anEvent()])).rejects.toMatchObject(denied);
  await expect(all(log.read(aStream(), 0))).rejects.toMatchObject(denied);
  await expect(log.readAll(START, 1)).rejects.toMatchObject(denied);
  await expect(log.head()).rejects.toMatchObject(denied);
});

test('a server that takes less than we think says how much', async () => {
  const small = await startTestServer({ maxAppendBytes: 1_000 });
  const other = openEventStoreDb(small.url);
  const event = anEvent({ x: 'x'.repeat(1_000 - 8 + 1) });
  await expect(other.append(aStream(), 'no-stream', [event])).rejects.toMatchObject({
    name: 'AppendTooLarge',
    bytes: 1_001,
    limit: 1_000,
  });
  await other.close();
  await small.close();
});

test('a position that the log never gave is refused', async () => {
  const { position } = await log.append(aStream(), 'no-stream', [anEvent()]);
  const odd = position.replace(/.$/, (digit) => String((Number(digit) + 1) % 10));
  const never = odd as typeof position;
  await expect(log.readAll(never, 1)).rejects.toMatchObject({ name: 'InvalidInput' });
  const subscribed = all(log.subscribe(never, new AbortController().signal));
  await expect(subscribed).rejects.toMatchObject({ name: 'InvalidInput' });
});

test.each([
  'esdb:/wrong',
  'mongodb://user:sesame@host',
  'esdb://user:sesame@host?tlsCAFile=/nowhere/ca.pem',
  'esdb://user:sesame@',
])('a connection string that is none is not quoted: %s', (url) => {
  expect(() => openEventStoreDb(url)).toThrow(
    expect.objectContaining({ name: 'InvalidInput', field: 'EVENTSTOREDB_URL' }),
  );
  expect(() => openEventStoreDb(url)).not.toThrow(/sesame/);
});

describe('a cluster', () => {
  test('is followed to its new leader', async () => {
    const cluster = await startCluster();
    const other = openEventStoreDb(cluster.url, { timeLimitMillis: LIMIT });
    const stream = aStream();
    await other.append(stream, 'no-stream', [anEvent()]);
    cluster.elect(1);
    await other.append(stream, 0, [anEvent()]);
    cluster.elect(2);
    expect(await all(other.read(stream, 0))).toHaveLength(2);
    await other.close();
    await cluster.close();
  });

  test('is out while nobody leads, and when its leader dies only for a moment', async () => {
    const cluster = await startCluster();
    const other = openEventStoreDb(cluster.url, { timeLimitMillis: LIMIT });
    const stream = aStream();
    const event = anEvent();
    await other.append(stream, 'no-stream', [anEvent()]);
    cluster.depose();
    await cluster.nodes[0]?.stop();
    await expect(other.append(stream, 0, [event])).rejects.toMatchObject({ name: 'Outage' });
    cluster.elect(1);
    await other.append(stream, 0, [event]);
    expect(await all(other.read(stream, 0))).toHaveLength(2);
    await other.close();
    await cluster.close();
  });

  test('whose leader hangs is used again within two limits', async () => {
    const cluster = await startCluster();
    const other = openEventStoreDb(cluster.url, { timeLimitMillis: LIMIT });
    const stream = aStream();
    const event = anEvent();
    await other.append(stream, 'no-stream', [anEvent()]);
    const startedAt = performance.now();
    cluster.nodes[0]?.line.freeze();
    cluster.elect(1);
    await expect(other.append(stream, 0, [event])).rejects.toMatchObject(outage('timeout'));
    // The hung node is asked who leads, too, and does not say.
    await other.append(stream, 0, [event]).catch(() => other.append(stream, 0, [event]));
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    cluster.nodes[0]?.line.thaw();
    expect(await all(other.read(stream, 0))).toHaveLength(2);
    await other.close();
    await cluster.close();
  });
});
