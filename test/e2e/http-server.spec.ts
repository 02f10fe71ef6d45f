import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { ServerLog } from '../../apps/ledger/log.js';
import { startServer } from '../../apps/ledger/server.js';
import type { RunningServer } from '../../apps/ledger/server.js';
import { makeFolder, removeFolder } from '../engines/places.js';
import { loseVault } from '../faults/support/vault-by-hand.js';
import { settingsFor, TestServer } from './http-server.js';

describe('the server', () => {
  let folder: string;
  const running: RunningServer[] = [];

  async function start(more: Readonly<Record<string, string>> = {}): Promise<TestServer> {
    const server = await TestServer.start(more, folder);
    running.push(server.running);
    return server;
  }

  beforeEach(async () => {
    folder = await makeFolder('server');
  });
  afterEach(async () => {
    // A test that failed has left its server running.
    await Promise.all(running.splice(0).map((server) => server.stop()));
    await removeFolder(folder);
  });

  it('lives at once, and is ready when its views are', async () => {
    const log = new ServerLog('silent', { write: () => undefined });
    const server = await startServer({ settings: settingsFor(folder), log });
    running.push(server);
    const live = await fetch(`${server.url}/health/live`);
    const early = await fetch(`${server.url}/api/customers/x`);
    expect(live.status).toBe(200);
    expect(early.status).toBe(503);
    expect(early.headers.get('retry-after')).toBe('1');
    expect(await early.json()).toMatchObject({ code: 'not-ready' });
    expect((await server.settled()).phase).toBe('ready');
    const ready = await fetch(`${server.url}/health/ready`);
    expect(await ready.json()).toEqual({ ready: true, phase: 'ready' });
    await server.stop();
  });

  it('stays and tells, where stores contradict each other', async () => {
    const first = await start();
    await first.running.stop();
    await loseVault(folder);
    const second = await start();
    const ready = await fetch(`${second.running.url}/health/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ ready: false, code: 'store-missing' });
    expect((await fetch(`${second.running.url}/health/live`)).status).toBe(200);
    expect((await second.call('GET', '/api/register')).status).toBe(503);
    await second.running.stop();
  });

  it('answers 202 with a status link where an erasure takes longer than it waits', async () => {
    // Another process may hold keys for as long as its cache keeps them: the erasure waits for it.
    const slow = { LEDGER_WAIT_MS: '300', LEDGER_KEY_CACHE_MS: '1500' };
    const server = await start(slow);
    await start(slow);
    const { id } = await server.registered();
    const erasure = `/api/customers/${id}/erasure`;
    const asked = await server.call('POST', erasure, { body: { ground: 'objection' } });
    expect(asked.status).toBe(202);
    const link = asked.headers.get('location') ?? '';
    expect(link).toBe(`/api/erasures/${asked.body.case}`);
    const read = await server.call('GET', `/api/customers/${id}`);
    expect(read.body.values?.identity).toEqual({ state: 'withheld', why: 'erasing' });
    await until(async () => (await server.call('GET', link)).body.status === 'erased');
  });

  it('finishes what it has begun when it stops, and loses nothing acknowledged', async () => {
    const first = await start();
    const register = () =>
      first.call('POST', '/api/customers', {
        body: { category: 'private', identity: { lastName: 'Virtanen' } },
      });
    const writing = Array.from({ length: 40 }, () => register().catch(() => undefined));
    await writing[0];
    await first.running.stop();
    const acknowledged = (await Promise.all(writing)).filter((answer) => answer?.status === 201);
    expect(acknowledged.length).toBeGreaterThan(0);
    const second = await start();
    for (const answer of acknowledged) {
      const read = await second.call('GET', `/api/customers/${answer?.body.id}`);
      expect(read.status).toBe(200);
    }
    await second.running.stop();
  });

  it('lets a request that is still arriving through before it stops', async () => {
    const first = await start();
    const body = JSON.stringify({ category: 'private', identity: { lastName: 'Virtanen' } });
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      const sent = request(`${first.running.url}/api/customers`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${first.admin}`,
          'processing-purpose': 'customer-register',
          'idempotency-key': '018f5a5e-7c0b-4c7b-9d3e-0d1f2a3b4c5d',
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        },
      });
      sent.on('response', resolve).on('error', reject);
      sent.write(body.slice(0, 10), () => {
        // The server has begun to read; it is told to stop while the rest is on its way.
        setImmediate(() => {
          stopped = first.running.stop();
          sent.end(body.slice(10));
        });
      });
    });
    let stopped: Promise<void> | undefined;
    const answer = await answered;
    // Either it was taken and carried out, or it was told that the server stops: never half of it.
    expect([201, 503]).toContain(answer.statusCode);
    expect(answer.headers.connection).toBe('close');
    answer.resume();
    await stopped;
  });
});

/** Asks until it is so, as long as the test's own time limit leaves. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 20_000;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error('it did not come to be so');
  }
}
