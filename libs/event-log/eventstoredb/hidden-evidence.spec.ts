import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { START, type StreamName } from '#kernel';

import { all, aStream, someEvents } from '../contract/index.js';
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

const stored = (stream: StreamName) => `ledger.${stream}`;

describe('events that their stream does not give are named', () => {
  /** Two streams, three events and two: the places that are named when something was done to the first. */
  async function namedAfter(change: (name: string) => Promise<unknown>) {
    const [hidden, whole] = [aStream(), aStream()];
    await log.append(hidden, 'no-stream', someEvents(3));
    await log.append(whole, 'no-stream', someEvents(2));
    await change(stored(hidden));
    const page = await log.readStored(START, 10);
    expect(page).toHaveLength(5);
    expect(await all(log.onlyInOwnStream(await log.head()))).toEqual([]);
    return log.notInOwnStream(page);
  }

  test('where its beginning is truncated', async () => {
    const truncate = (name: string) => someone.setStreamMetadata(name, { truncateBefore: 2 });
    expect(await namedAfter(truncate)).toEqual([0, 1]);
  });

  test('where only its newest are kept', async () => {
    const keep = (name: string) => someone.setStreamMetadata(name, { maxCount: 2 });
    expect(await namedAfter(keep)).toEqual([0]);
  });

  test('where all of it is truncated', async () => {
    const truncate = (name: string) => someone.setStreamMetadata(name, { truncateBefore: 3 });
    expect(await namedAfter(truncate)).toEqual([0, 1, 2]);
  });

  test('where it was deleted softly', async () => {
    expect(await namedAfter((name) => someone.deleteStream(name))).toEqual([0, 1, 2]);
  });

  test('where it ended in a tombstone', async () => {
    expect(await namedAfter((name) => someone.tombstoneStream(name))).toEqual([0, 1, 2]);
  });

  test('where one of them is lost', async () => {
    const lose = async (name: string) => {
      server.lose(name, 1);
    };
    expect(await namedAfter(lose)).toEqual([1]);
  });
});

test('a stream is read once for a page, and none of it twice', async () => {
  const [long, short] = [aStream(), aStream()];
  await log.append(long, 'no-stream', someEvents(700));
  await log.append(short, 'no-stream', someEvents(1));
  await log.append(long, 699, someEvents(200));
  const page = (await log.readStored(START, 1_000)).slice(100);
  const before = { reads: server.reads, events: server.eventsRead };
  expect(await log.notInOwnStream(page)).toEqual([]);
  expect(server.reads - before.reads).toBe(2);
  expect(server.eventsRead - before.events).toBe(page.length);
});

test('a truncated stream hides nothing else of a gap in the order of all events', async () => {
  const stream = aStream();
  await log.append(stream, 'no-stream', someEvents(1_500));
  const page = await log.readStored(START, 2_000);
  for (const { position } of page.slice(10, 1_400)) server.forget(BigInt(position.slice(0, 20)));
  await someone.setStreamMetadata(stored(stream), { truncateBefore: 1_300 });
  const strays = await all(log.onlyInOwnStream(await log.head()));
  expect(strays.map(({ revision }) => revision)).toEqual(
    Array.from({ length: 100 }, (_, n) => 1_300 + n),
  );
});

test('an outage is never taken for a stream that hides something', async () => {
  await log.append(aStream(), 'no-stream', someEvents(2));
  const page = await log.readStored(START, 10);
  const head = await log.head();
  server.faults.denied = 'everything';
  const denied = { name: 'Outage', reason: 'access-denied' };
  await expect(log.notInOwnStream(page)).rejects.toMatchObject(denied);
  await expect(all(log.onlyInOwnStream(head))).rejects.toMatchObject(denied);
  await expect(all(log.metadataChanges())).rejects.toMatchObject(denied);
  await expect(log.readStored(START, 10)).rejects.toMatchObject(denied);
});

describe('who describes the ledger', () => {
  const described = async () =>
    (await all(log.metadataChanges())).map(({ stream, members }) => [stream, ...members]);

  test('is seen, also where something newer hides it', async () => {
    const [one, other] = [aStream(), aStream()];
    await log.claim('one');
    await log.append(one, 'no-stream', someEvents(3));
    await log.append(other, 'no-stream', someEvents(1));
    await someone.setStreamMetadata(stored(one), { truncateBefore: 2, maxAge: 60 });
    await someone.tombstoneStream(stored(other));
    await someone.setStreamMetadata(stored(one), { acl: { readRoles: ['$admins'] }, maxCount: 1 });
    await someone.setStreamMetadata(stored(one), {});
    await someone.setStreamMetadata('ledger._ledger', { truncateBefore: 1 });
    await someone.appendToStream(
      '$settings',
      jsonEvent({ type: 'anything', data: { $userStreamAcl: {} } }),
    );
    expect(await described()).toEqual([
      [one, '$maxAge', '$tb'],
      [one, '$acl', '$maxCount'],
      [one],
      ['_ledger', '$tb'],
      ['$settings', '$userStreamAcl'],
      [other, '$streamDeleted'],
    ]);
  });

  test('is seen with the place and the time', async () => {
    const stream = aStream();
    const { position } = await log.append(stream, 'no-stream', someEvents(1));
    await someone.setStreamMetadata(stored(stream), { maxCount: 1 });
    await someone.deleteStream(stored(stream));
    const changes = await all(log.metadataChanges());
    expect(changes).toMatchObject([
      { stream, revision: 0, members: ['$maxCount'] },
      { stream, revision: 1, members: ['$tb'] },
    ]);
    const records = server.records.filter((record) => record.stream === `$$${stored(stream)}`);
    for (const [n, change] of changes.entries()) {
      expect(change.position > position).toBe(true);
      expect(BigInt(change.position.slice(0, 20))).toBe(records[n]?.position);
      expect(BigInt(Date.parse(change.at))).toBe(BigInt(records[n]?.created ?? 0) / 10_000n);
    }
  });

  test('is seen by names alone, whatever they wrote, and not where it is of others', async () => {
    const stream = aStream();
    for (const name of [
      'orders',
      'ledger',
      'ledger.not_ours',
      'a-ledger.x',
      '$settings-of-others',
    ]) {
      await someone.setStreamMetadata(name, { maxCount: 1 });
      await someone.appendToStream(name, jsonEvent({ type: 'OtherSeen', data: {} }));
    }
    await someone.tombstoneStream('orders');
    const metadata = { ...jsonEvent({ type: '$metadata', data: {} }) };
    const raw = (text: string) => ({
      ...metadata,
      id: crypto.randomUUID(),
      contentType: 'application/octet-stream' as const,
      data: Buffer.from(text),
    });
    await someone.appendToStream(`$$${stored(stream)}`, raw('{"$maxCount":1}'));
    await someone.appendToStream(`$$${stored(stream)}`, raw('{"$maxCount"'));
    expect(await described()).toEqual([[stream, '$maxCount'], [stream]]);
  });

  test('is seen page after page', async () => {
    const stream = aStream();
    for (let n = 0; n < 1_200; n += 100) {
      const set = Array.from({ length: 100 }, () =>
        jsonEvent({ type: '$metadata', data: { $tb: 1 } }),
      );
      await someone.appendToStream(`$$${stored(stream)}`, set);
    }
    const revisions = (await all(log.metadataChanges())).map(({ revision }) => revision);
    expect(revisions).toEqual(Array.from({ length: 1_200 }, (_, n) => n));
  });
});
