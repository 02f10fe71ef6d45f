import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';

import type { Servers } from '../engines/places.js';
import { makeFolder, removeFolder } from '../engines/places.js';
import { until } from '../faults/support/until.js';
import { TestServer } from './http-server.js';

const LIMIT = 60_000;
const PURPOSE = { headers: { 'processing-purpose': 'data-subject-rights' } };
const FILES_OF = { log: 'event-log.db', vault: 'vault.db', views: 'views.db' } as const;

const MIXES: readonly (readonly [string, Servers])[] = [
  ['files alone', { eventStoreDb: false, mongoDb: false }],
  ['EventStoreDB and files', { eventStoreDb: true, mongoDb: false }],
  ['files and MongoDB', { eventStoreDb: false, mongoDb: true }],
  ['EventStoreDB and MongoDB', { eventStoreDb: true, mongoDb: true }],
];

for (const [name, servers] of MIXES) {
  const title = `a ledger on ${name}, by its URLs alone`;
  if (servers.mongoDb && process.env.SERVICES !== '1') {
    test.skip(`${title} (cannot: needs MONGODB_URL, npm run services)`, () => undefined);
  } else {
    describe(title, () => {
      lives(servers);
    });
  }
}

function lives(servers: Servers): void {
  let folder: string;
  let server: TestServer;

  beforeAll(async () => {
    folder = await makeFolder('mix', servers);
    server = await TestServer.start({}, folder);
  }, LIMIT);
  afterAll(async () => {
    await server.running.stop();
    await removeFolder(folder);
  });

  const read = (id: string, after = '') =>
    server.call('GET', `/api/customers/${id}${after === '' ? '' : `?after=${after}`}`, PURPOSE);

  it('keeps in its folder what is on no server', async () => {
    const files = new Set(await readdir(join(folder, 'data')));
    expect(files.has(FILES_OF.log)).toBe(!servers.eventStoreDb);
    expect(files.has(FILES_OF.vault)).toBe(!servers.mongoDb);
    expect(files.has(FILES_OF.views)).toBe(!servers.mongoDb);
    expect((await readdir(join(folder, 'data.secrets'))).includes('anchor.log')).toBe(
      !servers.mongoDb,
    );
  });

  it(
    'registers, changes, finds, and erases for good, over a restart too',
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
      const found = await server.call('POST', '/api/customers/search', {
        body: { email: 'matti@example.fi' },
      });
      expect(found.body.customers.map(({ id }) => id)).toEqual([made.id]);

      await server.running.stop();
      server = await TestServer.start({}, folder);
      expect((await read(made.id)).body.values?.contact?.state).toBe('present');

      const erased = await server.call('POST', `/api/customers/${made.id}/erasure`, {
        ...PURPOSE,
        body: { ground: 'consent-withdrawn' },
      });
      expect([200, 202]).toContain(erased.status);
      await until('the receipt', async () => {
        const { body } = await server.call('GET', `/api/erasures/${erased.body.case}`, PURPOSE);
        return body.status === 'erased';
      });
      expect((await read(made.id)).body.values?.contact?.state).toBe('erased');
    },
    LIMIT,
  );
}
