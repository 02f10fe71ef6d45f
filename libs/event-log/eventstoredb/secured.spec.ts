import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';

import { EventStoreDBClient } from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { isRefusal, START } from '#kernel';

import { all, anEvent, aStream, firstOf, someEvents } from '../contract/index.js';
import {
  ADMIN,
  CANNOT_SECURE,
  newCertificates,
  startTestServer,
  type TestServer,
} from '../testing/eventstoredb-server/index.js';
import { addressOf } from './address.js';
import { openEventStoreDb, setUpEventStoreDb, type EventStoreDbLog } from './index.js';
import { Users } from './users.js';

const LEDGER = { user: 'ledger', password: 'l3dg3r-secret' };
const MINUTE = 60_000;

let server: TestServer;
let folder: string;

/** Has the ledger's user made and the database locked. */
async function setUp(): Promise<void> {
  const done = await setUpEventStoreDb({
    adminUrl: server.urlAs(ADMIN),
    url: server.urlAs(LEDGER),
    group: 'ledger',
    resetPassword: false,
    replaceAcl: false,
  });
  expect(isRefusal(done)).toBe(false);
}

/** Works with a log, and closes it. */
async function withLog<T>(url: string, work: (log: EventStoreDbLog) => Promise<T>): Promise<T> {
  const log = openEventStoreDb(url, { prefix: `case-${randomUUID()}.` });
  try {
    return await work(log);
  } finally {
    await log.close();
  }
}

const securedTest = CANNOT_SECURE === undefined ? test : test.skip;
const title = (text: string) =>
  CANNOT_SECURE === undefined ? text : `${text} (cannot: ${CANNOT_SECURE})`;

beforeAll(async () => {
  if (CANNOT_SECURE !== undefined) return;
  server = await startTestServer({ secured: true });
  folder = mkdtempSync(join(tmpdir(), 'secured-'));
  writeFileSync(join(folder, 'other.pem'), newCertificates().authority);
});
afterAll(async () => {
  if (CANNOT_SECURE !== undefined) return;
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('who is not let in is told why, and no secret with it', () => {
  const twice = (url: string) => url.replace(/@([^?]+)/, '@$1,$1');
  const untrusting = () => server.urlAs(ADMIN, join(folder, 'other.pem'));
  const cases: Readonly<Record<string, readonly [url: () => string, reason: string]>> = {
    'a wrong password': [
      () => server.urlAs({ ...ADMIN, password: LEDGER.password }),
      'not-authenticated',
    ],
    'a user who is not there': [() => server.urlAs(LEDGER), 'not-authenticated'],
    'a wrong password, in a cluster': [() => twice(server.urlAs(LEDGER)), 'not-authenticated'],
    'nobody in particular': [() => server.url, 'access-denied'],
    'an authority that is not known': [untrusting, 'certificate'],
    'an authority that is not known, in a cluster': [() => twice(untrusting()), 'certificate'],
    'an authority that is not known, behind a DNS name': [
      () => untrusting().replace('esdb:', 'esdb+discover:'),
      'certificate',
    ],
  };
  for (const [name, [url, reason]] of Object.entries(cases)) {
    securedTest(title(`${name}: ${reason}`), async () => {
      await withLog(url(), async (log) => {
        const calls = [
          log.append(aStream(), 'no-stream', [anEvent()]),
          all(log.read(aStream(), 0)),
          log.readAll(START, 1),
          log.readStored(START, 1),
          all(log.metadataChanges()),
          log.head(),
          log.ledgerId(),
          log.claim('one'),
        ];
        for (const settled of await Promise.allSettled(calls)) {
          expect(settled).toMatchObject({ status: 'rejected', reason: { name: 'Outage', reason } });
          const shown =
            settled.status === 'rejected' ? inspect(settled.reason, { depth: null }) : '';
          for (const { user, password } of [LEDGER, ADMIN]) {
            expect(shown).not.toContain(password);
            expect(shown).not.toContain(Buffer.from(`${user}:`).toString('base64').slice(0, -2));
          }
          expect(shown).not.toContain('esdb:');
        }
      });
    });
  }
});

securedTest(
  title('who may not read everything yet is told so, and goes on when they may'),
  async () => {
    const problems: string[] = [];
    const log = openEventStoreDb(server.urlAs({ user: 'early', password: 'early' }), {
      onProblem: (problem) => problems.push(problem),
    });
    const event = anEvent();
    const seen = firstOf(1, log.subscribe(START, new AbortController().signal));
    while (problems.length === 0) await new Promise(setImmediate);
    expect(problems[0]).toBe('event-log: not-authenticated');
    await newUser('early');
    await expect(log.head()).rejects.toMatchObject({ name: 'Outage', reason: 'access-denied' });
    // By default a user may append.
    await log.append(aStream(), 'no-stream', [event]);
    await setUp();
    expect((await seen).map(({ id }) => id)).toEqual([event.id]);
    await log.close();
  },
  MINUTE,
);

securedTest(
  title(
    'a stream that an administrator deleted is refused, not taken for new, and evidence names it',
  ),
  async () => {
    await setUp();
    const log = openEventStoreDb(server.urlAs(LEDGER));
    const [soft, hard] = [aStream(), aStream()];
    await log.append(soft, 'no-stream', someEvents(2));
    await log.append(hard, 'no-stream', someEvents(2));
    const admin = EventStoreDBClient.connectionString(server.urlAs(ADMIN));
    await admin.deleteStream(`ledger.${soft}`);
    await admin.tombstoneStream(`ledger.${hard}`);
    await admin.dispose();
    const truncated = { name: 'IntegrityError', code: 'stream-truncated' };
    await expect(all(log.read(soft, 0))).rejects.toMatchObject(truncated);
    await expect(all(log.read(hard, 0))).rejects.toMatchObject(truncated);
    const page = (await log.readStored(START, 100)).filter(({ stream }) =>
      [soft, hard].includes(stream),
    );
    expect(await log.notInOwnStream(page)).toEqual([0, 1, 2, 3]);
    const changes = await all(log.metadataChanges());
    expect(changes.map(({ stream, members }) => [stream, ...members])).toEqual(
      expect.arrayContaining([
        ['$settings', '$systemStreamAcl', '$userStreamAcl'],
        [soft, '$tb'],
        [hard, '$streamDeleted'],
      ]),
    );
    await log.close();
  },
);

/** A user in the ledger's group, before the group has any rights. */
async function newUser(name: string): Promise<void> {
  const node = { address: 'localhost', port: server.port };
  await new Users(addressOf(server.urlAs(ADMIN)), node, 3_000).make(name, name, ['ledger']);
}
