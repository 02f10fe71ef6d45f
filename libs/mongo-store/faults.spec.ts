import { once } from 'node:events';
import { createServer, connect, type AddressInfo } from 'node:net';

import { expect, test } from '@jest/globals';
import { MongoNetworkError, MongoServerError } from 'mongodb';

import { IntegrityError, Outage } from '#kernel';

import { portError } from './faults.js';

/** What Node says to who writes to a socket that the other side has ended. */
async function writtenTooLate(): Promise<unknown> {
  const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').resume();
  await once(socket, 'end');
  const [error]: unknown[] = await Promise.all([
    once(socket, 'error').then(([thrown]: unknown[]) => thrown),
    Promise.resolve(socket.write('late')),
  ]);
  server.close();
  return error;
}

test.each<[string, () => unknown, string]>([
  ['a connection that ended', () => new MongoNetworkError('h:1 closed'), 'connection-lost'],
  ['a server that refuses', () => new MongoServerError({ code: 91, codeName: 'X' }), 'X'],
  ['a socket that ended, of which the driver says nothing', writtenTooLate, 'connection-lost'],
])('%s is an outage', async (_, thrown, reason) => {
  const error = portError('vault', await thrown());
  expect(error).toMatchObject({ name: 'Outage', part: 'vault', reason });
  expect(error).not.toHaveProperty('cause');
});

test.each([
  new Outage('vault', 'closed'),
  new IntegrityError('a-code', 'a test'),
  new TypeError('x'),
])('%s is left as it is', (error) => {
  expect(portError('vault', error)).toBe(error);
});
