import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { START } from '#kernel';

import { all, aStream, firstOf, someEvents } from '../contract/index.js';
import {
  ADMIN,
  CANNOT_SECURE,
  startTestServer,
  type SignIn,
  type TestServer,
} from '../testing/eventstoredb-server/index.js';
import { addressOf } from './address.js';
import { openEventStoreDb, setUpEventStoreDb, type SetUpRequest } from './index.js';
import { Users } from './users.js';

const LEDGER: SignIn = { user: 'ledger', password: 'sécret: /?&@' };
const LOCKED = { $r: 'ledger', $w: 'ledger', $d: '$none', $mr: 'ledger', $mw: '$none' };
const ADMINS = { $r: '$admins', $w: '$admins', $d: '$admins', $mr: '$admins', $mw: '$admins' };

let server: TestServer;
let admin: EventStoreDBClient;
let users: Users;

const setUp = (changes: Partial<SetUpRequest> = {}) =>
  setUpEventStoreDb({
    adminUrl: server.urlAs(ADMIN),
    url: server.urlAs(LEDGER),
    group: 'ledger',
    resetPassword: false,
    replaceAcl: false,
    ...changes,
  });

/** The newest event of a stream of the server's, as it is read. */
async function newest(stream: string): Promise<unknown> {
  const read = admin.readStream(stream, {
    fromRevision: 'end',
    direction: 'backwards',
    maxCount: 1,
  });
  let data: unknown;
  // Left before its end, a read would keep its client from being disposed.
  for await (const { event } of read) data = event?.data;
  return data;
}

/** Expects a refusal, and that nothing was written. */
async function refused(code: string, changes: Partial<SetUpRequest> = {}): Promise<void> {
  const before = server.records.length;
  expect(await setUp(changes)).toMatchObject({ refused: true, code });
  expect(server.records).toHaveLength(before);
}

function securedTest(title: string, run: () => Promise<void>): void {
  if (CANNOT_SECURE === undefined) test(title, run);
  else test.skip(`${title} (cannot: ${CANNOT_SECURE})`, () => undefined);
}

beforeEach(async () => {
  if (CANNOT_SECURE !== undefined) return;
  server = await startTestServer({ secured: true });
  admin = EventStoreDBClient.connectionString(server.urlAs(ADMIN));
  const address = addressOf(server.urlAs(ADMIN));
  users = new Users(address, address.host, 3_000);
});
afterEach(async () => {
  if (CANNOT_SECURE !== undefined) return;
  await admin.dispose();
  await server.close();
});

describe('setting up EventStoreDB', () => {
  securedTest('lets the ledger in, and keeps history from its hands', async () => {
    await users.make(LEDGER.user, LEDGER.password, []);
    const log = openEventStoreDb(server.urlAs(LEDGER));
    await expect(log.head()).rejects.toMatchObject({ reason: 'access-denied' });
    expect(await setUp()).toEqual({
      user: 'ledger',
      group: 'ledger',
      changes: ['group-joined', 'all-granted', 'acl-locked'],
      rights: {
        append: true,
        readAll: true,
        readMetadata: true,
        delete: false,
        tombstone: false,
        writeMetadata: false,
      },
    });
    const written = server.records.map(({ stream }) => stream);
    expect(written.filter((stream) => stream.includes('ledger.'))).toEqual([]);

    await log.claim('one');
    const stream = aStream();
    const events = someEvents(3);
    await log.append(stream, 'no-stream', events);
    expect(await all(log.read(stream, 0))).toHaveLength(3);
    const seen = await firstOf(3, log.subscribe(START, new AbortController().signal));
    expect(seen.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    await log.close();
    const client = EventStoreDBClient.connectionString(server.urlAs(LEDGER));
    const denied = { type: 'access-denied' };
    await expect(client.deleteStream(`ledger.${stream}`)).rejects.toMatchObject(denied);
    await expect(client.tombstoneStream(`ledger.${stream}`)).rejects.toMatchObject(denied);
    await expect(
      client.setStreamMetadata(`ledger.${stream}`, { truncateBefore: 1 }),
    ).rejects.toMatchObject(denied);
    await client.dispose();
  });

  securedTest('makes the user, and a second time changes nothing', async () => {
    expect(await setUp()).toMatchObject({ changes: ['user-made', 'all-granted', 'acl-locked'] });
    expect(await users.find('ledger')).toMatchObject({ groups: ['ledger'], disabled: false });
    expect(await newest('$settings')).toEqual({
      $userStreamAcl: LOCKED,
      $systemStreamAcl: ADMINS,
    });
    const before = server.records.length;
    expect(await setUp()).toMatchObject({ changes: [] });
    expect(server.records).toHaveLength(before);
  });

  securedTest('goes on where it was interrupted', async () => {
    await users.make(LEDGER.user, LEDGER.password, ['ledger']);
    await admin.setStreamMetadata('$all', { acl: { readRoles: ['ledger'] } });
    expect(await setUp()).toMatchObject({ changes: ['acl-locked'] });
  });

  securedTest('changes the password of who is there only where it is told to', async () => {
    await users.make(LEDGER.user, 'another', ['others', 'ledger']);
    await refused('password-differs');
    expect(await setUp({ resetPassword: true })).toMatchObject({
      changes: ['password-reset', 'all-granted', 'acl-locked'],
    });
    expect(await users.find('ledger')).toMatchObject({ groups: ['others', 'ledger'] });
    expect(await setUp()).toMatchObject({ changes: [] });
  });

  securedTest('replaces the default ACL of others only where it is told to', async () => {
    const theirs = {
      $userStreamAcl: { $r: 'theirs', $w: 'theirs' },
      $systemStreamAcl: { ...ADMINS, $r: '$ops' },
      theirs: true,
    };
    await admin.appendToStream(
      '$settings',
      jsonEvent({ type: 'update-default-acl', data: theirs }),
    );
    await refused('acl-differs');
    expect(await setUp({ replaceAcl: true })).toMatchObject({
      changes: ['user-made', 'all-granted', 'acl-locked'],
    });
    expect(await newest('$settings')).toEqual({ ...theirs, $userStreamAcl: LOCKED });
  });

  securedTest(
    'takes what it would write itself, and what says nothing, for no ACL of others',
    async () => {
      const lists = Object.fromEntries(Object.entries(LOCKED).map(([key, role]) => [key, [role]]));
      const write = (acl: object) =>
        admin.appendToStream(
          '$settings',
          jsonEvent({ type: 'update-default-acl', data: { $userStreamAcl: { ...acl } } }),
        );
      await write({ $r: '$all', $w: ['$all'] });
      expect(await setUp()).toMatchObject({ changes: expect.arrayContaining(['acl-locked']) });
      await write(lists);
      expect(await setUp()).toMatchObject({ changes: [] });
    },
  );

  securedTest('leaves what else is said of $all', async () => {
    const acl = { readRoles: ['theirs'], metaReadRoles: ['$admins'] };
    await admin.setStreamMetadata('$all', { acl, maxAge: 5, theirs: true });
    await setUp();
    expect(await newest('$$$all')).toEqual({
      $acl: { $r: ['theirs', 'ledger'], $mr: ['$admins'] },
      $maxAge: 5,
      theirs: true,
    });
  });

  securedTest('wants a user for the ledger whom ACLs stop', async () => {
    await refused('user-is-administrator', { url: server.urlAs(ADMIN) });
    await refused('user-is-administrator', {
      url: server.urlAs({ user: 'ops', password: 'changeit' }),
    });
    await users.make(LEDGER.user, LEDGER.password, ['ledger', '$admins']);
    await refused('user-is-administrator');
  });

  securedTest('wants an administrator', async () => {
    await refused('admin-not-authenticated', {
      adminUrl: server.urlAs({ ...ADMIN, password: 'wrong' }),
    });
    await users.make('somebody', 'somebody', []);
    await refused('not-an-administrator', {
      adminUrl: server.urlAs({ user: 'somebody', password: 'somebody' }),
    });
  });

  securedTest('does not let in whom somebody has shut out', async () => {
    await users.make(LEDGER.user, LEDGER.password, ['ledger']);
    server.disable(LEDGER.user);
    await refused('user-disabled');
  });

  securedTest('says so where the user may do more all the same', async () => {
    const acl = { deleteRoles: ['ledger'] };
    await admin.setStreamMetadata('ledger._probe', { acl });
    const checked = await setUp();
    expect(checked).toMatchObject({ refused: true, code: 'rights-differ' });
    expect(checked).toHaveProperty('detail', expect.stringContaining('may delete streams'));
  });

  securedTest('is an outage where the certificate is not known, or nobody is there', async () => {
    const url = server.urlAs(ADMIN).replace(/&tlsCAFile=.*/, '');
    await expect(setUp({ adminUrl: url })).rejects.toMatchObject({ reason: 'certificate' });
    await server.stop();
    await expect(setUp()).rejects.toMatchObject({ reason: 'unreachable' });
    await server.start();
  });
});

describe('what is asked for', () => {
  const urls = { adminUrl: 'esdb://admin:x@one?tls=false', url: 'esdb://ledger:x@one?tls=false' };
  const asked = { ...urls, group: 'ledger', resetPassword: false, replaceAcl: false };

  test('is refused of a server that enforces nothing', async () => {
    expect(await setUpEventStoreDb(asked)).toMatchObject({ code: 'eventstoredb-insecure' });
  });

  test.each([
    ['EVENTSTOREDB_ADMIN_URL', { adminUrl: 'esdb://one' }],
    ['EVENTSTOREDB_ADMIN_URL', { adminUrl: 'secret' }],
    ['EVENTSTOREDB_URL', { url: 'esdb://one' }],
    ['group', { group: '$admins' }],
  ])('names a user and a password each, and a group: %s', async (field, changes) => {
    await expect(setUpEventStoreDb({ ...asked, ...changes })).rejects.toMatchObject({
      name: 'InvalidInput',
      field,
      message: expect.not.stringContaining('secret'),
    });
  });
});
