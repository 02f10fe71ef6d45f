import { randomUUID } from 'node:crypto';
import { request } from 'node:https';

import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { all, aStream, errorOf, event, gather, idsOf } from './bare-client.js';
import { ADMIN, CANNOT_SECURE, startTestServer, type SignIn, type TestServer } from './index.js';
import { REAL_SERVER } from './real-server.js';

// The last part of the conformance list: what a real server with TLS, users and ACLs was seen to do.
// Against our own only: a real one that is named is insecure, or its users are not ours. Not seen but
// read in its documentation: what else than appending the default lets every user do, and 409.

const WRITER: SignIn = { user: 'writer', password: 'p@ss: word/ä' };
const GROUP = 'writers';
const DENIED = { type: 'access-denied', code: 7 };
/** Of batch appends. */
const DENIED_UNCODED = { type: 'access-denied', code: undefined };
const REASON = REAL_SERVER === undefined ? CANNOT_SECURE : 'the real server is not ours';

let server: TestServer;
let clients: EventStoreDBClient[];

/** A client that signs in; an anonymous one without a name. */
function as(who?: SignIn): EventStoreDBClient {
  const url = who === undefined ? server.url : server.urlAs(who);
  const client = EventStoreDBClient.connectionString(url);
  clients.push(client);
  return client;
}

function securedTest(title: string, run: () => Promise<void>): void {
  if (REASON === undefined) test(title, run);
  else test.skip(`${title} (cannot: ${REASON})`, () => undefined);
}

describe('secure mode', () => {
  beforeEach(async () => {
    clients = [];
    if (REASON === undefined) server = await startTestServer({ secured: true });
  });
  afterEach(async () => {
    for (const client of clients) await client.dispose();
    if (REASON === undefined) await server.close();
  });

  securedTest('users are made over HTTP, by an administrator alone', async () => {
    expect(await newUser(undefined)).toBe(401);
    expect(await newUser({ ...ADMIN, password: 'wrong' })).toBe(401);
    expect(await newUser(ADMIN)).toBe(201);
    expect(await newUser(WRITER)).toBe(401);
    expect(await newUser(ADMIN, { ...WRITER, password: 'another' })).toBe(409);
    await as(WRITER).appendToStream(aStream(), event());
  });

  securedTest('a caller without a name may do nothing', async () => {
    const stream = aStream();
    await as(ADMIN).appendToStream(stream, event());
    const anonymous = as();
    expect(await errorOf(anonymous.appendToStream(stream, event()))).toMatchObject(DENIED_UNCODED);
    expect(
      await kindsOf([
        all(anonymous.readStream(stream)),
        all(anonymous.readAll({ maxCount: 1 })),
        anonymous.getStreamMetadata(stream),
        anonymous.deleteStream(stream),
        anonymous.tombstoneStream(stream),
        gather(anonymous.subscribeToAll(), 1),
      ]),
    ).toEqual([DENIED]);
  });

  securedTest('by default who has signed in may append, read and delete streams', async () => {
    await newUser(ADMIN);
    const stream = aStream();
    const sent = event();
    await as(WRITER).appendToStream(stream, sent);
    await as(WRITER).setStreamMetadata(stream, { truncateBefore: 0 });
    expect(await idsOf(as(WRITER), stream)).toEqual([sent.id]);
    await as(WRITER).deleteStream(stream);
    await as(WRITER).tombstoneStream(aStream());
  });

  securedTest('by default only administrators read $all and system streams', async () => {
    await newUser(ADMIN);
    await as(ADMIN).appendToStream('$settings', event());
    expect(
      await kindsOf([
        all(as(WRITER).readAll({ maxCount: 1 })),
        gather(as(WRITER).subscribeToAll(), 1),
        all(as(WRITER).readStream('$settings')),
      ]),
    ).toEqual([DENIED]);
    expect(await errorOf(as(WRITER).appendToStream('$settings', event()))).toMatchObject(
      DENIED_UNCODED,
    );
    expect(await all(as(ADMIN).readAll({ maxCount: 1 }))).toHaveLength(1);
  });

  securedTest('a wrong password is told with code 16, whatever is asked for', async () => {
    const wrong = as({ ...ADMIN, password: 'wrong' });
    const nobody = as({ user: 'nobody', password: 'at all' });
    for (const client of [wrong, nobody]) {
      expect(
        await kindsOf([
          client.appendToStream(aStream(), event()),
          all(client.readStream(aStream())),
          all(client.readAll({ maxCount: 1 })),
          client.deleteStream(aStream()),
          gather(client.subscribeToAll(), 1),
        ]),
      ).toEqual([{ type: 'access-denied', code: 16 }]);
    }
  });

  securedTest('$all can be granted to a group in its metadata', async () => {
    await newUser(ADMIN);
    await as(ADMIN).setStreamMetadata('$all', { acl: { readRoles: [GROUP] } });
    expect(await all(as(WRITER).readAll({ maxCount: 1 }))).toHaveLength(1);
    const stream = aStream();
    const sent = event();
    const seen = gather(as(WRITER).subscribeToAll({ fromPosition: 'start' }), 'caughtUp');
    expect((await seen).length).toBeGreaterThan(0);
    await as(WRITER).appendToStream(stream, sent);
    expect(await idsOf(as(WRITER), stream)).toEqual([sent.id]);
  });

  securedTest('a locked default ACL refuses deletes and metadata, and lets append', async () => {
    await newUser(ADMIN);
    await lock();
    const writer = as(WRITER);
    const stream = aStream();
    const sent = event();
    await writer.appendToStream(stream, sent, { expectedRevision: 'no_stream' });
    expect(await idsOf(writer, stream)).toEqual([sent.id]);
    expect(
      await kindsOf([
        writer.deleteStream(stream),
        writer.tombstoneStream(stream),
        writer.getStreamMetadata(stream),
      ]),
    ).toEqual([DENIED]);
    expect(await errorOf(writer.setStreamMetadata(stream, { truncateBefore: 1 }))).toMatchObject(
      DENIED_UNCODED,
    );
    expect(await idsOf(writer, stream)).toEqual([sent.id]);
  });

  securedTest('a locked default ACL refuses all to who is not of the group', async () => {
    await newUser(ADMIN, { user: 'other', password: 'other' }, 'others');
    await lock();
    const other = as({ user: 'other', password: 'other' });
    const stream = aStream();
    await as(ADMIN).appendToStream(stream, event());
    expect(await errorOf(other.appendToStream(stream, event()))).toMatchObject(DENIED_UNCODED);
    expect(await errorOf(all(other.readStream(stream)))).toMatchObject(DENIED);
  });

  securedTest('a locked default ACL stops no administrator', async () => {
    await lock();
    const admin = as(ADMIN);
    const [soft, hard] = [aStream(), aStream()];
    await admin.appendToStream(soft, event());
    await admin.appendToStream(hard, event());
    await admin.setStreamMetadata(soft, { maxCount: 1 });
    expect((await admin.getStreamMetadata(soft)).metadata).toEqual({ maxCount: 1 });
    await admin.deleteStream(soft);
    await admin.tombstoneStream(hard);
  });

  securedTest('who does not know the authority gets a plain error with code 14', async () => {
    const client = EventStoreDBClient.connectionString(
      `esdb://admin:changeit@localhost:${String(server.port)}?tls=true`,
    );
    clients.push(client);
    const error = await errorOf(client.appendToStream(aStream(), event()));
    expect(error).toMatchObject({
      code: 14,
      message: expect.stringContaining('unable to verify the first certificate'),
    });
    expect(error).not.toHaveProperty('type');
  });
});

/** With what calls fail, each kind once. */
async function kindsOf(calls: readonly Promise<unknown>[]): Promise<readonly unknown[]> {
  const errors = await Promise.all(calls.map(errorOf));
  const kinds = errors.map((error) => {
    const { type, code } = { type: undefined, code: undefined, ...error };
    return JSON.stringify({ type, code });
  });
  return [...new Set(kinds)].map((kind): unknown => JSON.parse(kind));
}

/** The default ACL, locked for the group. */
async function lock(): Promise<void> {
  const acl = { $r: GROUP, $w: GROUP, $d: '$none', $mr: '$admins', $mw: '$none' };
  await as(ADMIN).appendToStream(
    '$settings',
    jsonEvent({ type: 'update-default-acl', data: { $userStreamAcl: acl }, id: randomUUID() }),
  );
}

/** Makes a user. @returns the status of HTTP's answer */
async function newUser(by: SignIn | undefined, user = WRITER, group = GROUP): Promise<number> {
  const body = {
    loginName: user.user,
    fullName: user.user,
    groups: [group],
    password: user.password,
  };
  const auth = by === undefined ? {} : { auth: `${by.user}:${by.password}` };
  return new Promise((resolve, reject) => {
    const sending = request(
      {
        host: 'localhost',
        port: server.port,
        path: '/users/',
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        ca: server.authority,
        ...auth,
      },
      (response) => {
        response.resume().on('end', () => {
          resolve(response.statusCode ?? 0);
        });
      },
    );
    sending.on('error', reject).end(JSON.stringify(body));
  });
}
