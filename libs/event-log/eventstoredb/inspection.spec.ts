import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { afterEach, describe, expect, test } from '@jest/globals';

import { aStream, someEvents } from '../contract/index.js';
import {
  ADMIN,
  CANNOT_SECURE,
  startCluster,
  startTestServer,
  type SignIn,
  type TestServer,
} from '../testing/eventstoredb-server/index.js';
import { addressOf } from './address.js';
import { inspectEventStoreDb, openEventStoreDb, setUpEventStoreDb } from './index.js';
import { Users } from './users.js';

const LEDGER: SignIn = { user: 'ledger', password: 'secret' };
const ALL_RIGHTS = {
  append: true,
  readAll: true,
  readMetadata: true,
  delete: true,
  tombstone: true,
  writeMetadata: true,
};

let server: TestServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function started(secured = false): Promise<TestServer> {
  server = await startTestServer({ secured });
  return server;
}

function securedTest(title: string, run: () => Promise<void>): void {
  if (CANNOT_SECURE === undefined) test(title, run);
  else test.skip(`${title} (cannot: ${CANNOT_SECURE})`, () => undefined);
}

async function setUp(secured: TestServer): Promise<void> {
  await setUpEventStoreDb({
    adminUrl: secured.urlAs(ADMIN),
    url: secured.urlAs(LEDGER),
    group: 'ledger',
    resetPassword: false,
    replaceAcl: false,
  });
}

describe('a look at EventStoreDB', () => {
  test('tells of an insecure node, and changes nothing', async () => {
    const { url, port, records } = await started();
    const before = records.length;
    const seen = await inspectEventStoreDb(url);
    expect(seen).toMatchObject({
      version: '23.10.8',
      nodes: [{ host: `127.0.0.1:${String(port)}`, state: 'leader', alive: true }],
      tls: false,
      acl: 'not-enforced',
      rights: ALL_RIGHTS,
      truncatedOrDeleted: 0,
    });
    expect(Math.abs(seen.clockSkewMillis ?? Number.NaN)).toBeLessThan(2_000);
    expect(records).toHaveLength(before);
  });

  securedTest('tells whether the ACL is locked, and changes nothing', async () => {
    const secured = await started(true);
    const address = addressOf(secured.urlAs(ADMIN));
    const users = new Users(address, address.host, 3_000);
    await users.make(LEDGER.user, LEDGER.password, ['ledger']);
    await users.make('other', 'other', ['others']);
    const look = (who: SignIn) => inspectEventStoreDb(secured.urlAs(who));
    const before = secured.records.length;
    expect(await look(LEDGER)).toMatchObject({
      tls: true,
      acl: 'open',
      rights: { ...ALL_RIGHTS, readAll: false },
      truncatedOrDeleted: undefined,
    });
    expect(secured.records).toHaveLength(before);
    await setUp(secured);
    const after = secured.records.length;
    const locked = await look(LEDGER);
    expect(locked).toMatchObject({
      version: '23.10.8',
      tls: true,
      acl: 'locked',
      rights: { ...ALL_RIGHTS, delete: false, tombstone: false, writeMetadata: false },
      truncatedOrDeleted: 0,
    });
    expect(locked.clockSkewMillis).toEqual(expect.any(Number));
    const nothing = Object.fromEntries(Object.keys(ALL_RIGHTS).map((right) => [right, false]));
    expect(await look({ user: 'other', password: 'other' })).toMatchObject({
      acl: 'unknown',
      rights: nothing,
    });
    expect(await look(ADMIN)).toMatchObject({ acl: 'open', rights: ALL_RIGHTS });
    expect(secured.records).toHaveLength(after);
  });

  test('counts the streams of the ledger that hide something', async () => {
    const { url } = await started();
    const log = openEventStoreDb(url);
    const streams = Array.from({ length: 5 }, aStream);
    for (const stream of streams) await log.append(stream, 'no-stream', someEvents(2));
    await log.close();
    const [cut = '', soft = '', hard = '', healed = '', described = ''] = streams.map(
      (stream) => `ledger.${stream}`,
    );
    const someone = EventStoreDBClient.connectionString(url);
    await someone.appendToStream('orders', jsonEvent({ type: 'Other', data: {} }));
    await someone.setStreamMetadata('orders', { maxCount: 1 });
    await someone.setStreamMetadata(cut, { truncateBefore: 1 });
    await someone.setStreamMetadata(cut, { maxCount: 1 });
    await someone.deleteStream(soft);
    await someone.tombstoneStream(hard);
    await someone.setStreamMetadata(healed, { truncateBefore: 1 });
    await someone.setStreamMetadata(healed, {});
    await someone.setStreamMetadata(described, { acl: { readRoles: ['$all'] } });
    await someone.dispose();
    expect(await inspectEventStoreDb(url)).toMatchObject({ truncatedOrDeleted: 3 });
    expect(await inspectEventStoreDb(url, { prefix: 'other.' })).toMatchObject({
      truncatedOrDeleted: 0,
    });
  });

  test('tells how far the clock is off', async () => {
    const { url, faults } = await started();
    faults.clockAheadMillis = -60_000;
    const { clockSkewMillis } = await inspectEventStoreDb(url);
    expect(clockSkewMillis).toBeGreaterThan(-62_000);
    expect(clockSkewMillis).toBeLessThan(-58_000);
  });

  test('tells who leads a cluster, and who is dead', async () => {
    const cluster = await startCluster();
    cluster.elect(1);
    await cluster.nodes[2]?.stop();
    const { nodes } = await inspectEventStoreDb(cluster.url);
    expect(nodes.map(({ state, alive }) => [state, alive])).toEqual([
      ['follower', true],
      ['leader', true],
      ['follower', false],
    ]);
    await cluster.close();
  });

  test('is an outage where nobody is there, and where nobody answers in time', async () => {
    const own = await started();
    own.line.freeze();
    const startedAt = performance.now();
    const away = (reason: string) => ({ name: 'Outage', part: 'event-log', reason });
    const timeLimitMillis = 500;
    await expect(inspectEventStoreDb(own.url, { timeLimitMillis })).rejects.toMatchObject(
      away('timeout'),
    );
    expect(performance.now() - startedAt).toBeLessThan(4 * timeLimitMillis);
    await own.stop();
    await expect(inspectEventStoreDb(own.url)).rejects.toMatchObject(away('unreachable'));
  });

  securedTest('is an outage where the user or the certificate is not known', async () => {
    const secured = await started(true);
    const refused = (url: string, reason: string) =>
      expect(inspectEventStoreDb(url)).rejects.toMatchObject({ reason });
    await refused(secured.urlAs(LEDGER), 'not-authenticated');
    await refused(secured.url.replace(/&tlsCAFile=.*/, ''), 'certificate');
  });
});
