import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { TestServer } from '#event-log/testing';
import { ADMIN, CANNOT_SECURE, startTestServer } from '#event-log/testing';
import { setUpEventStoreDb } from '#event-log/eventstoredb';

import { settled } from '../faults/support/asking.js';
import { environmentOf, whileWorking } from '../faults/support/folder.js';
import { register } from '../faults/support/people.js';
import { Examined } from './examined.js';

const LIMIT = 60_000;
/** A port where nobody listens. */
const NOBODY = '127.0.0.1:9';

describe('ledger doctor, with the event log on EventStoreDB', () => {
  let store: TestServer;
  let folder: string;
  let more: Readonly<Record<string, string>>;

  beforeAll(async () => {
    store = await startTestServer();
    folder = await mkdtemp(join(tmpdir(), 'ledger-doctor-'));
    more = { EVENTSTOREDB_URL: store.url };
    await whileWorking(
      folder,
      async ({ ledger }) => {
        await register(ledger, 'Matti');
        await settled(ledger);
      },
      { more },
    );
  }, LIMIT);
  afterAll(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  const look = (url = store.url) =>
    Examined.of({ ...environmentOf(folder), EVENTSTOREDB_URL: url });

  it(
    'finds it well, and writes nothing',
    async () => {
      const before = store.records.length;
      const seen = await look();
      expect([seen.code, seen.of('failure')]).toEqual([0, []]);
      expect(seen.found('eventstoredb')[0]?.seen).toBe('answers; version 23.10.8');
      expect(seen.found('eventstoredb-hidden')[0]?.status).toBe('ok');
      expect(seen.found('eventstoredb-acl')[0]?.status).toBe('advice');
      expect(seen.found('event-log')[0]?.seen).toMatch(/newest position \d{20}-\d{20}, \d{4}-/);
      expect(seen.found('clock')[0]?.status).toBe('ok');
      expect(seen.found('view').map(({ seen: text }) => text)).toContain('up to date');
      expect(store.records).toHaveLength(before);
    },
    LIMIT,
  );

  it(
    'tells that it hangs, in time, and how everything else is',
    async () => {
      store.line.freeze();
      const startedAt = performance.now();
      try {
        const seen = await look();
        expect(seen.of('failure')).toContain('event-log');
        expect(seen.found('event-log')[0]?.seen).toBe('out: timeout');
        expect(seen.of('skipped')).toContain('clock');
        expect(seen.found('vault')[0]?.status).toBe('ok');
        expect(seen.found('view')[0]?.seen).toContain('the log could not be compared');
        expect(performance.now() - startedAt).toBeLessThan(20_000);
      } finally {
        store.line.thaw();
      }
    },
    LIMIT,
  );

  it(
    'tells that nothing is there, and no password',
    async () => {
      const mongo = `mongodb://ledger:geheim@${NOBODY}/?replicaSet=rs0`;
      const seen = await Examined.of({
        ...environmentOf(folder),
        EVENTSTOREDB_URL: `esdb://ledger:salaisuus@${NOBODY}?tls=false`,
        MONGODB_URL: mongo,
      });
      expect(seen.code).toBe(6);
      expect(seen.of('failure')).toEqual(
        expect.arrayContaining(['event-log', 'mongodb vault and views', 'vault', 'views']),
      );
      expect(seen.found('anchor')[0]?.status).toBe('ok');
      expect(seen.said).not.toMatch(/salaisuus|geheim/);
    },
    LIMIT,
  );

  it(
    'tells of a stream whose events are hidden',
    async () => {
      const hiding = await startTestServer();
      const url = { EVENTSTOREDB_URL: hiding.url };
      const other = await mkdtemp(join(tmpdir(), 'ledger-doctor-'));
      try {
        await whileWorking(other, ({ ledger }) => settled(ledger), { more: url });
        hiding.deleteSoftly('ledger.register');
        const seen = await Examined.of({ ...environmentOf(other), ...url });
        expect(seen.of('failure')).toEqual(['eventstoredb-hidden']);
      } finally {
        await hiding.close();
        await rm(other, { recursive: true, force: true });
      }
    },
    LIMIT,
  );

  it('tells of connection strings that are none, and quotes nothing', async () => {
    const seen = await Examined.of({
      ...environmentOf(folder),
      EVENTSTOREDB_URL: 'esdb://ledger:salaisuus',
      MONGODB_URL: 'mongodb:/ledger:geheim@here',
    });
    expect(seen.found('event-log')[0]?.seen).toMatch(/^EVENTSTOREDB_URL /);
    expect(seen.found('mongodb')[0]?.seen).toMatch(/^MONGODB_URL /);
    expect(seen.said).not.toMatch(/salaisuus|geheim/);
  });
});

const secured = CANNOT_SECURE === undefined ? describe : describe.skip;
const title = 'ledger doctor, on EventStoreDB with TLS and users';

secured(CANNOT_SECURE === undefined ? title : `${title} (cannot: ${CANNOT_SECURE})`, () => {
  const who = { user: 'ledger', password: 'salaisuus' };

  it(
    'tells whether history is locked, and who is not let in',
    async () => {
      const store = await startTestServer({ secured: true });
      const folder = await mkdtemp(join(tmpdir(), 'ledger-doctor-'));
      const look = (url: string) =>
        Examined.of({ ...environmentOf(folder), EVENTSTOREDB_URL: url });
      try {
        const open = await look(store.urlAs(ADMIN));
        expect(open.found('eventstoredb-tls')[0]?.status).toBe('ok');
        expect(open.found('eventstoredb-acl')[0]).toMatchObject({ status: 'warning' });
        await setUpEventStoreDb({
          adminUrl: store.urlAs(ADMIN),
          url: store.urlAs(who),
          group: 'ledger',
          resetPassword: false,
          replaceAcl: false,
        });
        const locked = await look(store.urlAs(who));
        expect(locked.found('eventstoredb-acl')[0]?.status).toBe('ok');
        expect(locked.found('eventstoredb-rights')[0]?.status).toBe('ok');
        const refused = await look(store.urlAs({ ...who, password: 'salattu' }));
        expect(refused.of('failure')).toEqual(['event-log', 'eventstoredb']);
        expect(refused.found('eventstoredb')[0]?.seen).toBe('out: not-authenticated');
        expect(open.said + locked.said + refused.said).not.toMatch(/salaisuus|salattu/);
      } finally {
        await store.close();
        await rm(folder, { recursive: true, force: true });
      }
    },
    LIMIT,
  );
});
