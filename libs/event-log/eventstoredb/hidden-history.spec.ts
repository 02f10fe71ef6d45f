import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { START, type StreamName } from '#kernel';

import { all, anEvent, aStream, firstOf, someEvents } from '../contract/index.js';
import { startTestServer, type TestServer } from '../testing/eventstoredb-server/index.js';
import { openEventStoreDb, type EventStoreDbLog } from './index.js';

let server: TestServer;
let log: EventStoreDbLog;
/** Somebody else who may write to the same database. */
let someone: EventStoreDBClient;

beforeEach(async () => {
  server = await startTestServer();
  log = openEventStoreDb(server.url);
  someone = EventStoreDBClient.connectionString(server.url);
});
afterEach(async () => {
  await log.close();
  await someone.dispose();
  await server.close();
});

const truncated = { name: 'IntegrityError', code: 'stream-truncated' };

describe('a stream of which something is hidden is refused', () => {
  async function written(count: number): Promise<{ stream: StreamName; stored: string }> {
    const stream = aStream();
    await log.append(stream, 'no-stream', someEvents(count));
    return { stream, stored: `ledger.${stream}` };
  }

  test('where its beginning is truncated', async () => {
    const { stream, stored } = await written(3);
    await someone.setStreamMetadata(stored, { truncateBefore: 2 });
    await expect(all(log.read(stream, 0))).rejects.toMatchObject(truncated);
    await expect(all(log.read(stream, 1))).rejects.toMatchObject(truncated);
    expect(await all(log.read(stream, 2))).toHaveLength(1);
  });

  test('where only its newest events are kept', async () => {
    const { stream, stored } = await written(3);
    await someone.setStreamMetadata(stored, { maxCount: 1 });
    await expect(all(log.read(stream, 0))).rejects.toMatchObject(truncated);
  });

  test('where all of it is truncated, which reads as empty', async () => {
    const { stream, stored } = await written(2);
    await someone.setStreamMetadata(stored, { truncateBefore: 2 });
    await expect(all(log.read(stream, 0))).rejects.toMatchObject(truncated);
  });

  test('where it was deleted softly, which reads as missing', async () => {
    const { stream, stored } = await written(2);
    await someone.deleteStream(stored);
    await expect(all(log.read(stream, 0))).rejects.toMatchObject(truncated);
    await expect(all(log.read(stream, 2))).rejects.toMatchObject(truncated);
  });

  test('where a repeat meets a soft delete, or an append goes on behind one', async () => {
    const stream = aStream();
    const events = someEvents(2);
    await log.append(stream, 'no-stream', events);
    await someone.deleteStream(`ledger.${stream}`);
    await expect(log.append(stream, 'no-stream', events)).rejects.toMatchObject(truncated);
    await expect(log.append(stream, 'no-stream', someEvents(1))).rejects.toMatchObject(truncated);
  });

  test('where it ended in a tombstone', async () => {
    const { stream, stored } = await written(2);
    await someone.tombstoneStream(stored);
    await expect(all(log.read(stream, 0))).rejects.toMatchObject(truncated);
    await expect(log.append(stream, 1, [anEvent()])).rejects.toMatchObject(truncated);
    await expect(log.append(stream, 'no-stream', [anEvent()])).rejects.toMatchObject(truncated);
  });

  test("where it is the ledger's id", async () => {
    await log.claim('one');
    await someone.setStreamMetadata('ledger._ledger', { truncateBefore: 1 });
    await expect(log.ledgerId()).rejects.toMatchObject(truncated);
    await someone.tombstoneStream('ledger._ledger');
    await expect(log.claim('one')).rejects.toMatchObject(truncated);
  });
});

test('what is hidden or deleted in a stream still comes in the order of all events', async () => {
  const [cut, buried] = [aStream(), aStream()];
  await log.append(cut, 'no-stream', someEvents(2));
  await log.append(buried, 'no-stream', someEvents(2));
  await someone.deleteStream(`ledger.${cut}`);
  await someone.tombstoneStream(`ledger.${buried}`);
  const after = aStream();
  const { position } = await log.append(after, 'no-stream', someEvents(1));
  const streams = (await log.readAll(START, 10)).map((event) => event.stream);
  expect(streams).toEqual([cut, cut, buried, buried, after]);
  const subscribed = await firstOf(5, log.subscribe(START, new AbortController().signal));
  expect(subscribed.map((event) => event.stream)).toEqual(streams);
  expect(await log.head()).toBe(position);
});

describe('a database that holds other things', () => {
  const others = (count: number) =>
    Array.from({ length: count }, (_, n) => jsonEvent({ type: 'OtherSeen', data: { n } }));

  /** What somebody else would write: beside, before and behind the names of the ledger. */
  async function fill(count: number): Promise<void> {
    for (const stream of ['orders', 'ledger', 'ledger.', 'ledger.not_ours', 'a-ledger.x', '$own']) {
      await someone.appendToStream(stream, others(count));
    }
    const link = { type: '$>', data: Buffer.from('0@orders'), metadata: {} };
    await someone.appendToStream('$ce-ledger', {
      ...jsonEvent({ type: '$>', data: '0@ledger.x' }),
      ...link,
      contentType: 'application/octet-stream',
    });
  }

  test('shows the ledger only its own events', async () => {
    await fill(3);
    const events = someEvents(5);
    const stream = aStream();
    await log.append(stream, 'no-stream', events.slice(0, 2));
    await fill(3);
    await log.append(stream, 1, events.slice(2));
    await fill(3);
    const ids = events.map((event) => event.id);
    const subscribed = await firstOf(5, log.subscribe(START, new AbortController().signal));
    expect(subscribed.map((event) => event.id)).toEqual(ids);
    expect((await log.readAll(START, 100)).map((event) => event.id)).toEqual(ids);
    const [one] = await log.readAll(START, 1);
    expect((await log.readAll(one?.position ?? START, 1)).map((event) => event.id)).toEqual([
      ids[1],
    ]);
  });

  test('is read through to the end, over thousands of events of others', async () => {
    const event = anEvent();
    await someone.appendToStream('orders', others(2_500));
    const { position } = await log.append(aStream(), 'no-stream', [event]);
    await someone.appendToStream('orders', others(2_500));
    const fresh = openEventStoreDb(server.url);
    expect(await fresh.head()).toBe(position);
    expect((await fresh.readAll(START, 1)).map(({ id }) => id)).toEqual([event.id]);
    expect(await fresh.readAll(position, 10)).toEqual([]);
    await someone.appendToStream('orders', others(20));
    const before = server.eventsRead;
    expect(await fresh.head()).toBe(position);
    expect(server.eventsRead - before).toBeLessThan(2_000);
    const newer = await log.append(aStream(), 'no-stream', [anEvent()]);
    expect(await fresh.head()).toBe(newer.position);
    await fresh.close();
  });

  test('may hold two ledgers', async () => {
    const other = openEventStoreDb(server.url, { prefix: 'second.' });
    const stream = aStream();
    const [one, two] = [anEvent(), anEvent()];
    await log.claim('one');
    await other.claim('two');
    await log.append(stream, 'no-stream', [one]);
    await other.append(stream, 'no-stream', [two]);
    expect((await other.readAll(START, 10)).map(({ id }) => id)).toEqual([two.id]);
    expect(await log.ledgerId()).toBe('one');
    expect(await other.ledgerId()).toBe('two');
    await other.close();
  });

  test('with what is no event of ours in a stream of ours is refused', async () => {
    const stream = aStream();
    await log.append(stream, 'no-stream', [anEvent()]);
    const odd = { ...jsonEvent({ type: 'Odd', data: {} }), data: null as never };
    await someone.appendToStream(`ledger.${stream}`, odd);
    const unreadable = { name: 'IntegrityError', code: 'event-unreadable' };
    await expect(all(log.read(stream, 0))).rejects.toMatchObject(unreadable);
    await expect(log.readAll(START, 10)).rejects.toMatchObject(unreadable);
    const subscribed = all(log.subscribe(START, new AbortController().signal));
    await expect(subscribed).rejects.toMatchObject(unreadable);
  });
});

test('who may not read metadata reads a stream that is not there as empty', async () => {
  server.faults.denied = 'metadata';
  expect(await all(log.read(aStream(), 0))).toEqual([]);
});

test('the server is asked for no more of a stream than is wanted', async () => {
  const stream = aStream();
  await log.append(stream, 'no-stream', someEvents(20));
  const before = server.eventsRead;
  expect(await all(log.read(stream, 5, 3))).toHaveLength(3);
  expect(server.eventsRead - before).toBe(3);
});

test('the ledger never writes metadata of streams', async () => {
  await log.claim('one');
  const stream = aStream();
  await log.append(stream, 'no-stream', someEvents(2));
  await all(log.read(stream, 0));
  const names = server.records.map((record) => record.stream);
  expect(names.filter((name) => name.startsWith('$$ledger'))).toEqual([]);
});
