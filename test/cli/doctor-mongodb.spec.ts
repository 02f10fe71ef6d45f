import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from '@jest/globals';

import { onMongo } from '#mongo-store/testing';

import { WORKS } from '../../apps/composition/index.js';
import { KeyEpochs } from '../../apps/composition/key-epochs.js';
import { settled } from '../faults/support/asking.js';
import { environmentOf, whileWorking } from '../faults/support/folder.js';
import { register } from '../faults/support/people.js';
import { Examined } from './examined.js';

const LIMIT = 60_000;
const PATIENT = { LEDGER_LEASE_MS: '30000', LEDGER_KEY_CACHE_MS: '30000' };

onMongo('ledger doctor, with vault, views and anchor on MongoDB', ({ url, client, fresh }) => {
  let folder: string;
  let databases: readonly string[];
  let more: Readonly<Record<string, string>>;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ledger-doctor-'));
    const [vault, views, anchor] = [fresh(), fresh(), fresh()];
    databases = [vault, views, anchor];
    const on = (database: string) => url.replace('/?', `/${database}?`);
    more = { ...PATIENT, VAULT_URL: on(vault), MONGODB_URL: on(views), ANCHOR_URL: on(anchor) };
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const look = (others: Readonly<Record<string, string>> = {}) =>
    Examined.of({ ...environmentOf(folder, more), ...others });

  /** Collections, their indexes and how many documents each has. */
  async function contents(): Promise<readonly string[]> {
    const found = await Promise.all(
      databases.map(async (name) => {
        const db = client.db(name);
        const collections = await db.listCollections({}, { nameOnly: true }).toArray();
        return Promise.all(
          collections.map(async (one) => {
            const rows = db.collection(one.name);
            const indexes = (await rows.indexes()).map((index) => String(index.name));
            return `${name}.${one.name} ${indexes.join()} ${String(await rows.countDocuments())}`;
          }),
        );
      }),
    );
    return found.flat().sort();
  }

  it(
    'makes nothing where there is nothing',
    async () => {
      const seen = await look();
      expect([seen.code, seen.of('failure'), seen.of('warning')]).toEqual([0, [], []]);
      expect(seen.of('advice')).toContain('ledger-id');
      expect(await contents()).toEqual([]);
    },
    LIMIT,
  );

  it(
    'finds a ledger at work well, tells who does what, and changes nothing',
    async () => {
      await whileWorking(
        folder,
        async ({ ledger }) => {
          await register(ledger, 'Matti');
          await new KeyEpochs(ledger).rotate();
          await settled(ledger);
          const seen = await look();
          expect([seen.code, seen.of('failure'), seen.of('warning')]).toEqual([0, [], []]);
          expect(seen.found('lease').map(({ of }) => of)).toEqual(WORKS);
          expect(seen.found('view').map(({ seen: text }) => text)).toEqual(
            Array.from({ length: 5 }, () => 'up to date'),
          );
          expect(seen.found('kek').map(({ seen: text }) => text)).toEqual([
            expect.stringMatching(/^replaced on [^;]+$/),
            expect.stringMatching(/^current/),
          ]);
          const members = seen.found('mongodb-member').map(({ seen: text }) => text);
          expect(members.sort()).toEqual([
            expect.stringMatching(/^primary/),
            expect.stringMatching(/^secondary/),
            expect.stringMatching(/^secondary/),
          ]);
          expect(seen.found('mongodb-durability')[0]?.status).toBe('ok');
          expect(seen.found('mongodb-elections')[0]?.seen).toBe('electionTimeoutMillis 2000');
          expect(seen.found('mongodb-shared')[0]?.of).toBe('vault, views and anchor');
        },
        { more },
      );
      const before = await contents();
      expect((await look()).of('failure')).toEqual([]);
      expect(await contents()).toEqual(before);
    },
    LIMIT,
  );

  it(
    'tells of a vault that is not there, and of views of another ledger',
    async () => {
      const other = await mkdtemp(join(tmpdir(), 'ledger-doctor-'));
      const views = fresh();
      const otherViews = { ...more, MONGODB_URL: url.replace('/?', `/${views}?`) };
      const elsewhere = {
        ...otherViews,
        VAULT_URL: url.replace('/?', `/${fresh()}?`),
        ANCHOR_URL: url.replace('/?', `/${fresh()}?`),
      };
      await whileWorking(folder, ({ ledger }) => settled(ledger), { more });
      await whileWorking(other, ({ ledger }) => settled(ledger), { more: elsewhere });
      await rm(other, { recursive: true });

      expect((await look(otherViews)).of('failure')).toEqual(['ledger-id']);
      const gone = await look({ VAULT_URL: url.replace('/?', `/${fresh()}?`) });
      expect(gone.of('failure')).toEqual(['vault']);
      expect(gone.found('vault')[0]?.seen).toContain('store-missing');
    },
    LIMIT,
  );
});
