import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { openLedger } from '../../apps/composition/index.js';
import { ServerLog } from '../../apps/ledger/log.js';
import type { RunningServer } from '../../apps/ledger/server.js';
import { startServer } from '../../apps/ledger/server.js';
import type { Store } from '../engines/copies.js';
import { copyStores, putBack, removeTree } from '../engines/copies.js';
import { makeFolder, removeFolder } from '../engines/places.js';
import { until } from '../faults/support/until.js';
import { settingsFor, TestServer } from './http-server.js';

const LIMIT = 60_000;
const ROUTE = '/api/evidence/log-restored';
const EVERYTHING: readonly Store[] = ['log', 'vault', 'views'];

describe('a log that was put back from before a checkpoint', () => {
  let folder: string;
  let tokens: Readonly<Record<'staff' | 'officer' | 'other' | 'auditor', string>>;
  let running: RunningServer | undefined;

  beforeEach(async () => {
    folder = await makeFolder('rolled-back');
    const before = await TestServer.start({}, folder);
    await before.registered();
    tokens = {
      staff: await before.token('staff'),
      officer: await before.token('officer'),
      other: await before.token('officer'),
      auditor: await before.token('auditor'),
    };
    await before.call('POST', '/api/evidence/checkpoints');
    await before.running.stop();
    await copyStores(folder);
    await registerAndSign();
  }, LIMIT);
  afterEach(async () => {
    await running?.stop();
    running = undefined;
    await removeFolder(folder);
  }, LIMIT);

  async function registerAndSign(): Promise<void> {
    const after = await TestServer.start({}, folder);
    await after.registered();
    const signed = await after.call('POST', '/api/evidence/checkpoints');
    expect(signed.status).toBe(200);
    await after.running.stop();
  }

  async function start(): Promise<RunningServer> {
    const log = new ServerLog('silent', { write: () => undefined });
    running = await startServer({ settings: settingsFor(folder), log });
    await running.settled();
    return running;
  }

  async function ask(method: string, path: string, token = '', url = running?.url ?? '') {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(url + path, { method, headers });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json') ?? false;
    const body = (isJson ? JSON.parse(text) : {}) as Record<string, unknown>;
    return { status: answer.status, body, text };
  }

  it(
    'is opened by nobody',
    async () => {
      await putBack(folder, EVERYTHING);
      const opening = openLedger({ settings: settingsFor(folder), what: 'test' });
      await expect(opening).rejects.toMatchObject({ code: 'log-rolled-back' });
      await start();
      expect((await ask('GET', '/health/ready')).body).toMatchObject({
        ready: false,
        phase: 'broken',
        code: 'log-rolled-back',
      });
      for (const path of ['/api/customers', '/evidence/checkpoint', '/api/docs']) {
        const refused = await ask('GET', path, tokens.officer);
        expect([refused.status, refused.body.code]).toEqual([503, 'log-rolled-back']);
      }
    },
    LIMIT,
  );

  it(
    'is accepted by two officers, and signed under another origin from then on',
    async () => {
      await putBack(folder, EVERYTHING);
      await start();
      for (const [token, status] of [
        ['', 401],
        [tokens.staff, 403],
        [tokens.auditor, 403],
      ] as const) {
        expect((await ask('POST', ROUTE, token)).status).toBe(status);
      }
      const seen = (await ask('GET', ROUTE, tokens.officer)).body;
      expect(seen).toMatchObject({ acceptedBy: null, signed: { origin: 'privacy-ledger.local' } });
      for (const token of [tokens.officer, tokens.officer]) {
        expect((await ask('POST', ROUTE, token)).body).toEqual({ accepted: 1, of: 2 });
      }
      // Nothing has been written meanwhile.
      expect((await ask('GET', ROUTE, tokens.other)).body).toMatchObject({
        size: seen.size,
        root: seen.root,
        acceptedBy: expect.any(String),
      });
      expect((await ask('POST', ROUTE, tokens.other)).body).toEqual({ accepted: 2, of: 2 });
      await until('the server to be ready', async () => {
        return (await ask('GET', '/health/ready')).status === 200;
      });
      const status = await until('a checkpoint under the new origin', async () => {
        const { body } = await ask('GET', '/api/evidence', tokens.auditor);
        return body.checkpoint === null ? undefined : body;
      });
      expect(status).toMatchObject({ origin: 'privacy-ledger.local/2', halted: null });
      expect(await evidenceOf(running)).toEqual([
        ['CheckpointSigned', 'privacy-ledger.local', undefined],
        ['CheckpointSigned', 'privacy-ledger.local', undefined],
        ['LogRestored', 'privacy-ledger.local/2', seen.signed],
        ['CheckpointSigned', 'privacy-ledger.local/2', seen.signed],
      ]);
      await running?.stop();
      await start();
      expect((await ask('GET', '/health/ready')).status).toBe(200);
    },
    LIMIT,
  );

  it(
    'is known by the anchor alone, where the tree was put back or lost with it',
    async () => {
      await putBack(folder, EVERYTHING);
      await removeTree(folder);
      await start();
      expect((await ask('GET', '/health/ready')).body.code).toBe('log-rolled-back');
    },
    LIMIT,
  );

  it(
    'is no longer in the way once a newer copy is there',
    async () => {
      await copyStores(folder);
      await start();
      expect((await ask('GET', '/health/ready')).status).toBe(200);
      await running?.stop();
      await registerAndSign();
      await putBack(folder, EVERYTHING);
      await start();
      expect((await ask('GET', '/health/ready')).body.code).toBe('log-rolled-back');
    },
    LIMIT,
  );

  /** What the log tells of evidence: type, origin, and what it follows. */
  async function evidenceOf(server: RunningServer | undefined) {
    await server?.stop();
    running = undefined;
    const ledger = await openLedger({ settings: settingsFor(folder), what: 'test' });
    const events: unknown[] = [];
    for await (const page of ledger.stores.log.read('evidence' as never, 0)) {
      for (const { type, data } of page) events.push([type, data.origin, data.follows]);
    }
    await ledger.close();
    return events;
  }
});
