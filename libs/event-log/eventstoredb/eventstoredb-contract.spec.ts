import { randomUUID } from 'node:crypto';

import { EventStoreDBClient } from '@eventstore/db-client';
import { test } from '@jest/globals';

import { isRefusal, type Position } from '#kernel';

import { eventLogContract, type LogSettings, type LogUnderTest } from '../contract/index.js';
import {
  ADMIN,
  CANNOT_SECURE,
  REAL_SERVER,
  startTestServer,
  type TestServer,
} from '../testing/eventstoredb-server/index.js';
import { openEventStoreDb, setUpEventStoreDb, type EventStoreDbLog } from './index.js';
import { storePosition } from './positions.js';

/** Where the cases run. */
interface Place {
  /** Undefined where it is a real one. */
  readonly server: TestServer | undefined;
  readonly url: string;
  /** Connection string of who may describe streams. */
  readonly adminUrl: string;
  readonly leave: () => Promise<void>;
}

/** Our own server, one for each case, or the one that is named. */
async function insecure(): Promise<Place> {
  if (REAL_SERVER !== undefined) {
    const leave = async () => undefined;
    return { server: undefined, url: REAL_SERVER, adminUrl: REAL_SERVER, leave };
  }
  const server = await startTestServer();
  return { server, url: server.url, adminUrl: server.url, leave: () => server.close() };
}

/** A server with TLS and a locked default ACL, one for each case, as the ledger's user. */
async function secured(): Promise<Place> {
  const server = await startTestServer({ secured: true });
  const url = server.urlAs({ user: 'ledger', password: 'ledger: secret' });
  const adminUrl = server.urlAs(ADMIN);
  const asked = { url, adminUrl, group: 'ledger', resetPassword: false, replaceAcl: false };
  if (isRefusal(await setUpEventStoreDb(asked))) throw new Error('could not be set up');
  return { server, url, adminUrl, leave: () => server.close() };
}

/** A log under a prefix that no other case uses. */
async function opened(place: Place, settings: LogSettings): Promise<LogUnderTest> {
  const { server, url, adminUrl, leave } = place;
  const prefix = `case-${randomUUID()}.`;
  const logs: EventStoreDbLog[] = [];
  const open = () => {
    const log = openEventStoreDb(url, { ...settings, prefix });
    logs.push(log);
    return log;
  };
  const log = open();
  return {
    log,
    reopen: async () => {
      await log.close();
      return open();
    },
    other: async () => open(),
    storedBytes: async (position) => bytesAt(server, position),
    remove: async (stream, revision) => {
      if (revision === 0) await hideFirst(adminUrl, `${prefix}${stream}`, 1);
      else server?.lose(`${prefix}${stream}`, revision);
    },
    alter: async (position, bytes) => {
      server?.alter(commitOf(position), bytes);
    },
    hide: async (stream, count) => hideFirst(adminUrl, `${prefix}${stream}`, count),
    forget: async (_, position) => {
      server?.forget(commitOf(position));
    },
    dispose: async () => {
      for (const each of logs) await each.close();
      await leave();
    },
  };
}

const ON_A_REAL_SERVER = {
  'a stream with a gap is refused': 'a real server makes no gaps on demand',
  'what is stored are the canonical bytes': 'the client hands over parsed JSON, not bytes',
  'an altered byte comes as altered': 'a real server alters nothing on demand',
  'what is not the JSON that was written comes as it is': 'a real server alters nothing on demand',
  'bytes that are no text come as they are': 'a real server alters nothing on demand',
  'events that only their stream gives are named': 'a real server forgets nothing on demand',
};

eventLogContract(
  'eventstoredb',
  async (settings) => opened(await insecure(), settings),
  REAL_SERVER === undefined ? {} : ON_A_REAL_SERVER,
);

const cannotSecure = REAL_SERVER === undefined ? CANNOT_SECURE : 'the real server is not ours';
if (cannotSecure === undefined) {
  eventLogContract('eventstoredb, secured', async (settings) => opened(await secured(), settings));
} else {
  test.skip(`eventstoredb, secured (cannot: ${cannotSecure})`, () => undefined);
}

function commitOf(position: Position): bigint {
  const place = storePosition(position);
  return place === 'start' ? 0n : place.commit;
}

/** The bytes that the test server keeps. */
function bytesAt(server: TestServer | undefined, position: Position) {
  const commit = commitOf(position);
  const record = server?.records.find((each) => each.position === commit);
  const empty = new Uint8Array();
  return {
    metadata: Buffer.from(record?.metadata ?? empty),
    data: Buffer.from(record?.data ?? empty),
  };
}

/** Hides the first events of a stream, as an administrator would. */
async function hideFirst(url: string, stream: string, count: number): Promise<void> {
  const client = EventStoreDBClient.connectionString(url);
  await client.setStreamMetadata(stream, { truncateBefore: count });
  await client.dispose();
}
