import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { startTestServer } from '#event-log/testing';
import type { TestServer as EventStoreDb } from '#event-log/testing';

import { TestServer } from './http-server.js';

const LIMIT = 60_000;
const PURPOSE = { headers: { 'processing-purpose': 'data-subject-rights' } };

describe('a ledger whose log is on EventStoreDB', () => {
  let store: EventStoreDb;
  let folder: string;
  let server: TestServer;

  beforeAll(async () => {
    store = await startTestServer();
    folder = await mkdtemp(join(tmpdir(), 'ledger-eventstoredb-'));
    server = await TestServer.start({ EVENTSTOREDB_URL: store.url }, folder);
  }, LIMIT);
  afterAll(async () => {
    await server.stop();
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  const read = (id: string, after = '') =>
    server.call('GET', `/api/customers/${id}${after === '' ? '' : `?after=${after}`}`, PURPOSE);

  it('keeps no log in its folder', async () => {
    expect(await readdir(join(folder, 'data'))).not.toContain('event-log.db');
  });

  it(
    'registers, changes, reads, and erases for good, over a restart too',
    async () => {
      const made = await server.registered({ contact: { email: 'matti@example.fi' } });
      const changed = await server.call('PATCH', `/api/customers/${made.id}/contact`, {
        body: { phone: '+358 40 1234567' },
      });
      expect(changed.status).toBe(200);
      const seen = await read(made.id, changed.body.position);
      expect(seen.body.values?.contact?.value).toEqual({
        email: 'matti@example.fi',
        phone: '+358 40 1234567',
      });

      await server.running.stop();
      server = await TestServer.start({ EVENTSTOREDB_URL: store.url }, folder);
      expect((await read(made.id)).body.values?.contact?.state).toBe('present');

      const erased = await server.call('POST', `/api/customers/${made.id}/erasure`, {
        ...PURPOSE,
        body: { ground: 'consent-withdrawn' },
      });
      expect([erased.status, erased.body.status]).toEqual([200, 'erased']);
      expect((await read(made.id)).body.values?.contact?.state).toBe('erased');
    },
    LIMIT,
  );
});
