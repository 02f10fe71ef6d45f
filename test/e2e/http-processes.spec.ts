import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { ServerLog } from '../../apps/ledger/log.js';
import type { RunningServer } from '../../apps/ledger/server.js';
import { startServer } from '../../apps/ledger/server.js';
import { makeFolder, removeFolder } from '../engines/places.js';
import { until } from '../faults/support/until.js';
import { settingsFor, TestServer } from './http-server.js';

const LIMIT = 60_000;

/** What follows needs what came before: one process after another joins. */
describe('a ledger whose processes have roles', () => {
  let folder: string;
  let early: RunningServer;
  let api: TestServer;
  let projector: TestServer;

  beforeAll(async () => {
    folder = await makeFolder('roles');
  });
  afterAll(async () => {
    await Promise.all([early, api.running, projector.running].map((server) => server.stop()));
    await removeFolder(folder);
  }, LIMIT);

  const askReady = async (url: string) => {
    const answer = await fetch(`${url}/health/ready`);
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  it(
    'an api process alone waits for views, which it does not make',
    async () => {
      const settings = settingsFor(folder, { ROLE: 'api' });
      const log = new ServerLog('silent', { write: () => undefined });
      early = await startServer({ settings, log });
      const waiting = await until('it to wait for views', async () => {
        const { status, body } = await askReady(early.url);
        return String(body.waitsFor).startsWith('views: ') ? { status, body } : undefined;
      });
      expect(waiting.status).toBe(503);
    },
    LIMIT,
  );

  it(
    'a projector makes them, and then both are ready',
    async () => {
      projector = await TestServer.start({ ROLE: 'projector' }, folder);
      expect((await askReady(projector.running.url)).status).toBe(200);
      expect((await early.settled()).phase).toBe('ready');
    },
    LIMIT,
  );

  it('a projector answers probes, and is the wrong one for everything else', async () => {
    const metrics = await fetch(`${projector.running.url}/metrics`);
    expect([metrics.status, (await metrics.text()).includes('ledger_view_lag_seconds')]).toEqual([
      200,
      true,
    ]);
    for (const path of ['/api/customers', '/api/docs', '/problems/outage']) {
      const answer = await projector.call('GET', path);
      expect([answer.status, answer.body.code]).toEqual([421, 'no-api-here']);
    }
  });

  it(
    'what one api process registers another reads, and the projector erases',
    async () => {
      api = await TestServer.start({ ROLE: 'api' }, folder);
      const { id } = await api.registered({ contact: { email: 'matti@example.fi' } });
      const headers = {
        authorization: `Bearer ${api.admin}`,
        'processing-purpose': 'customer-care',
      };
      const read = async () => {
        const answer = await fetch(`${early.url}/api/customers/${id}`, { headers });
        return (await answer.json()) as { values?: Record<string, { state: string }> };
      };
      expect((await read()).values?.contact?.state).toBe('present');
      const asked = await api.call('POST', `/api/customers/${id}/erasure`, {
        body: { ground: 'consent-withdrawn' },
      });
      expect([200, 202]).toContain(asked.status);
      await until('the receipt', async () => {
        const { body } = await api.call('GET', `/api/erasures/${asked.body.case}`);
        return body.status === 'erased';
      });
      expect((await read()).values?.contact?.state).toBe('erased');
    },
    LIMIT,
  );
});
