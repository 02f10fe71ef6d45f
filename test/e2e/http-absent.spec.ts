import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, it, test } from '@jest/globals';
import { MongoClient } from 'mongodb';

import { startTestServer } from '#event-log/testing';

import { ServerLog } from '../../apps/ledger/log.js';
import type { RunningServer } from '../../apps/ledger/server.js';
import { startServer } from '../../apps/ledger/server.js';
import { enginesOf, makeFolder, removeFolder } from '../engines/places.js';
import { until } from '../faults/support/until.js';
import { settingsFor } from './http-server.js';

const LIMIT = 90_000;
const PASSWORD = 'Salasana7Kanarie';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** A server over stores of which some are away, and all that it has logged. */
async function startAwaiting(urls: Readonly<Record<string, string>>) {
  const folder = await makeFolder('absent', { eventStoreDb: false, mongoDb: false });
  closing.push(() => removeFolder(folder));
  const lines: string[] = [];
  const log = new ServerLog('info', { write: (line: string) => void lines.push(line) });
  const server = await startServer({ settings: settingsFor(folder, urls), log });
  closing.push(() => server.stop());
  return { server, lines };
}

/** Waits until a server says that it is not ready, and for whom it waits. */
function waitsFor(server: RunningServer, part: string): Promise<unknown> {
  return until(
    `the server to wait for ${part}`,
    async () => {
      const ready = await fetch(`${server.url}/health/ready`);
      const body = (await ready.json()) as { readonly waitsFor?: string };
      const refused = await fetch(`${server.url}/api/register`);
      await refused.text();
      const isWaiting = body.waitsFor?.startsWith(`${part}: `) ?? false;
      return isWaiting && ready.status === 503 && refused.status === 503;
    },
    LIMIT / 2,
  );
}

/** Lets what connects to a port through to MongoDB's primary. */
async function lineToPrimary(url: string, port: number): Promise<void> {
  const client = new MongoClient(url);
  const { primary } = await client.db('admin').command({ hello: 1 });
  await client.close();
  const [host, at] = String(primary).split(':');
  const line = createServer((near) => {
    const far = connect(Number(at), host);
    near.pipe(far).pipe(near);
    for (const [one, other] of [[near, far] as const, [far, near] as const]) {
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
    }
  }).listen(port, '127.0.0.1');
  await once(line, 'listening');
  // Connections end with the server, which is stopped after this.
  closing.push(() => Promise.resolve(line.close()));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('a store that is away when the server starts', () => {
  it(
    'EventStoreDB: it is waited for by name, and then the server is ready',
    async () => {
      const port = await freePort();
      const { server, lines } = await startAwaiting({
        EVENTSTOREDB_URL: `esdb://ledger:${PASSWORD}@127.0.0.1:${String(port)}?tls=false`,
      });
      await waitsFor(server, 'event-log');
      const store = await startTestServer({ port });
      closing.push(() => store.close());
      expect(await server.settled()).toEqual({ phase: 'ready' });
      expect(lines.join()).not.toContain(PASSWORD);
    },
    LIMIT,
  );

  const { SERVICES, MONGODB_URL } = process.env;
  if (SERVICES !== '1' || MONGODB_URL === undefined) {
    test.skip('MongoDB (cannot: needs MONGODB_URL, npm run services)', () => undefined);
    return;
  }
  it(
    'MongoDB: it is waited for by name, and then the server is ready',
    async () => {
      const folder = await makeFolder('away', { eventStoreDb: false, mongoDb: true });
      closing.push(() => removeFolder(folder));
      const port = await freePort();
      const urls: Record<string, string> = {};
      for (const [variable, url] of Object.entries(enginesOf(folder))) {
        const database = /\/([^/?]+)\?/.exec(url)?.[1] ?? '';
        const at = `127.0.0.1:${String(port)}/${database}`;
        urls[variable] = `mongodb://${at}?directConnection=true`;
      }
      const { server, lines } = await startAwaiting(urls);
      await waitsFor(server, 'vault');
      await lineToPrimary(MONGODB_URL, port);
      expect(await server.settled()).toEqual({ phase: 'ready' });
      expect(lines.join()).not.toContain('mongodb://');
    },
    LIMIT,
  );
});
