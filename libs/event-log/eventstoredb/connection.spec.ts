import { expect, test } from '@jest/globals';

import { encodeAppend } from '../append.js';
import { anEvent, aStream } from '../contract/index.js';
import { startTestServer } from '../testing/eventstoredb-server/index.js';
import { addressOf } from './address.js';
import { Connection } from './connection.js';
import { allPage } from './reads.js';

const KEEPING = {
  timeLimitMillis: 1_000,
  keepAliveIntervalMillis: 10_000,
  keepAliveTimeoutMillis: 10_000,
};
const newest = { from: 'end', direction: 'backwards', count: 1 } as const;

test('a new connection does not share the line of one that hangs', async () => {
  const server = await startTestServer();
  const address = addressOf(server.url);
  const old = new Connection(address, KEEPING);
  await allPage(old, newest);
  server.line.freezeConnections();
  const hung = allPage(old, newest).then(
    () => 'answered',
    () => 'failed',
  );
  const next = new Connection(address, KEEPING);
  expect(await Promise.race([hung, allPage(next, newest)])).toHaveLength(1);
  await next.end();
  await old.end();
  await server.close();
}, 5_000);

test('a connection that is given up is closed, whatever is open on it', async () => {
  const server = await startTestServer();
  const connection = new Connection(addressOf(server.url), KEEPING);
  const append = encodeAppend(aStream(), 'no-stream', [anEvent()], 1_000_000);
  await connection.appends.append('some-stream', append);
  connection.subscribeToAll().on('error', () => undefined);
  await allPage(connection, newest);
  expect(server.line.connections).toBe(1);
  await connection.end();
  while (server.line.connections > 0) await new Promise(setImmediate);
  await server.close();
}, 5_000);

test('a connection that is given up hears nothing of its calls', async () => {
  const server = await startTestServer();
  const connection = new Connection(addressOf(server.url), KEEPING);
  await allPage(connection, newest);
  server.line.freeze();
  const settled: string[] = [];
  const note = () => settled.push('settled');
  allPage(connection, newest).then(note, note);
  await connection.end();
  expect(connection.gone.aborted).toBe(true);
  expect(settled).toEqual([]);
  await server.close();
});
