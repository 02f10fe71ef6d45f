import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { START } from '#kernel';

import { aStream, someEvents } from '../contract/index.js';
import { startTestServer, type TestServer } from '../testing/eventstoredb-server/index.js';
import { openEventStoreDb, type EventStoreDbLog } from './index.js';

let server: TestServer;
let log: EventStoreDbLog;

beforeEach(async () => {
  server = await startTestServer();
  log = openEventStoreDb(server.url);
});
afterEach(async () => {
  await log.close();
  await server.close();
});

test('an append ends at its last event, whichever one the server names', async () => {
  server.faults.namesFirst = true;
  const stream = aStream();
  const events = someEvents(5);
  const first = await log.append(stream, 'no-stream', events.slice(0, 3));
  const second = await log.append(stream, 2, events.slice(3));
  const read = await log.readAll(START, 10);
  expect(first).toEqual({ revision: 2, position: read[2]?.position });
  expect(second).toEqual({ revision: 4, position: read[4]?.position });
  expect(await log.append(stream, 'no-stream', events.slice(0, 3))).toEqual(first);
});

test('a server that names the last event is asked once', async () => {
  const stream = aStream();
  await log.append(stream, 'no-stream', someEvents(1));
  expect(server.eventsRead).toBe(0);
  await log.append(stream, 0, someEvents(2));
  expect(server.eventsRead).toBe(1);
  await log.append(stream, 2, someEvents(2));
  await log.append(aStream(), 'no-stream', someEvents(2));
  expect(server.eventsRead).toBe(1);
});

test('an append behind a deletion is refused, also where it is read back', async () => {
  server.faults.namesFirst = true;
  const stream = aStream();
  server.faults.beforeAcknowledging = () => {
    server.faults.beforeAcknowledging = undefined;
    server.deleteSoftly(`ledger.${stream}`);
  };
  await expect(log.append(stream, 'no-stream', someEvents(2))).rejects.toMatchObject({
    code: 'stream-truncated',
  });
});
