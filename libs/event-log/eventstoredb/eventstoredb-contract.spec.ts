import { randomUUID } from 'node:crypto';

import { EventStoreDBClient } from '@eventstore/db-client';

import { eventLogContract, type LogSettings, type LogUnderTest } from '../contract/index.js';
import {
  REAL_SERVER,
  startTestServer,
  type TestServer,
} from '../testing/eventstoredb-server/index.js';
import { openEventStoreDb, type EventStoreDbLog } from './index.js';
import { storePosition } from './positions.js';

/** A log under a prefix that no other case uses, on our own server or on the one that is named. */
async function opened(settings: LogSettings): Promise<LogUnderTest> {
  const server = REAL_SERVER === undefined ? await startTestServer() : undefined;
  const url = REAL_SERVER ?? server?.url ?? '';
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
      if (revision === 0) await hideFirst(url, `${prefix}${stream}`);
      else server?.lose(`${prefix}${stream}`, revision);
    },
    dispose: async () => {
      for (const each of logs) await each.close();
      await server?.close();
    },
  };
}

const ON_A_REAL_SERVER = {
  'a stream with a gap is refused': 'a real server makes no gaps on demand',
  'what is stored are the canonical bytes': 'the client hands over parsed JSON, not bytes',
};

eventLogContract('eventstoredb', opened, REAL_SERVER === undefined ? {} : ON_A_REAL_SERVER);

/** The bytes that the test server keeps. */
function bytesAt(server: TestServer | undefined, position: Parameters<typeof storePosition>[0]) {
  const place = storePosition(position);
  const commit = place === 'start' ? 0n : place.commit;
  const record = server?.records.find((each) => each.position === commit);
  const empty = new Uint8Array();
  return {
    metadata: Buffer.from(record?.metadata ?? empty),
    data: Buffer.from(record?.data ?? empty),
  };
}

/** Hides the first event of a stream, as an administrator would. */
async function hideFirst(url: string, stream: string): Promise<void> {
  const client = EventStoreDBClient.connectionString(url);
  await client.setStreamMetadata(stream, { truncateBefore: 1 });
  await client.dispose();
}
