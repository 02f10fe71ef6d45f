import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { setFaultProbe } from '#kernel';

import { aStream, someEvents } from '../contract/index.js';
import { startTestServer, type TestServer } from '../testing/eventstoredb-server/index.js';
import {
  EVENT_LOG_FAULT_POINTS,
  openEventStoreDb,
  type EventLogFaultPoint,
  type EventStoreDbLog,
} from './index.js';

let server: TestServer;
let log: EventStoreDbLog;

beforeEach(async () => {
  server = await startTestServer();
  log = openEventStoreDb(server.url);
});
afterEach(async () => {
  setFaultProbe(undefined);
  await log.close();
  await server.close();
});

function endAt(point: EventLogFaultPoint): void {
  setFaultProbe((reached) => {
    if (reached === point) throw new Error('ended');
  });
}

/** How many events of the ledger the server has. */
function written(): number {
  return server.records.filter(({ stream }) => stream.startsWith('ledger.')).length;
}

const ended = { name: 'Outage', cause: { message: 'ended' } };

test('all are reached: once by an append, and by the claim of a ledger too', async () => {
  const reached: string[] = [];
  setFaultProbe((point) => reached.push(point));
  await log.claim('a-ledger');
  expect(reached).toEqual(EVENT_LOG_FAULT_POINTS);
  await log.append(aStream(), 'no-stream', someEvents(2));
  expect(reached).toEqual([...EVENT_LOG_FAULT_POINTS, ...EVENT_LOG_FAULT_POINTS]);
});

test('what ends before the commit was not written', async () => {
  endAt('append.before-commit');
  await expect(log.append(aStream(), 'no-stream', someEvents(2))).rejects.toMatchObject(ended);
  expect(written()).toBe(0);
});

test('what ends after the commit was written, and its repeat writes nothing', async () => {
  const [stream, events] = [aStream(), someEvents(2)];
  endAt('append.after-commit');
  await expect(log.append(stream, 'no-stream', events)).rejects.toMatchObject(ended);
  expect(written()).toBe(2);
  setFaultProbe(undefined);
  expect(await log.append(stream, 'no-stream', events)).toMatchObject({ revision: 1 });
  expect(written()).toBe(2);
});
