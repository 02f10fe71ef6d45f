import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { anEvent, aStream } from '#event-log/contract';
import { Outage, setFaultProbe } from '#kernel';

import type { Settings } from '../../apps/composition/index.js';
import { openLedger, openLog } from '../../apps/composition/index.js';
import { ServerLog } from '../../apps/ledger/log.js';
import { startServer } from '../../apps/ledger/server.js';
import { makeFolder, removeFolder } from '../engines/places.js';
import { environmentOf, settingsOf, startWorking } from '../faults/support/folder.js';
import { editEvent } from './support/edits.js';
import { expectArrived, moved, prepareLeaving, thereOf, type Leaving } from './support/moving.js';

const LIMIT = 60_000;
const FILES_ALONE = { eventStoreDb: false, mongoDb: false };

let whole: string;
let left: Leaving;
let folders: string[];
let here: string;
let there: string;

beforeAll(async () => {
  whole = await makeFolder('move', FILES_ALONE);
  left = await prepareLeaving(whole, 4);
}, LIMIT);

afterAll(() => removeFolder(whole));

beforeEach(async () => {
  folders = [];
  here = await newFolder();
  there = await newFolder();
  await cp(whole, here, { recursive: true });
});

afterEach(async () => {
  setFaultProbe(undefined);
  for (const folder of folders) await removeFolder(folder);
});

async function newFolder(): Promise<string> {
  const folder = await makeFolder('move', FILES_ALONE);
  folders.push(folder);
  return folder;
}

const to = () => thereOf(there, here);
const from = () => settingsOf(here);

/** A move that is refused before anything was closed: the ledger is open where it was. */
async function expectRefused(target: Settings, rule: string, source = from()): Promise<void> {
  await expect(moved(source, target)).rejects.toMatchObject({ name: 'InvalidInput', rule });
  await (await startWorking(here)).stop();
}

/** Has the next move fail, as in an outage, where it comes to a fault point. */
async function failAt(point: string): Promise<void> {
  setFaultProbe((name) => {
    if (name === point) throw new Outage('vault', 'is away, for the test');
  });
  await expect(moved(from(), to())).rejects.toMatchObject({ name: 'Outage' });
  setFaultProbe(undefined);
}

describe('no move, and nothing is closed', () => {
  it(
    'where the target is where the ledger is, wholly or its vault',
    async () => {
      await expectRefused(from(), 'same-place');
      const log = { EVENTSTOREDB_URL: 'esdb://nowhere.invalid:2113?tls=false' };
      await expectRefused(settingsOf(here, log), 'same-place');
    },
    LIMIT,
  );

  it(
    'where the views of the old log are, or the ledger signs under another name',
    async () => {
      const vault = { VAULT_URL: 'mongodb://nowhere.invalid/vault' };
      const log = { EVENTSTOREDB_URL: 'esdb://nowhere.invalid:2113?tls=false' };
      await expectRefused(settingsOf(here, { ...vault, ...log }), 'same-views');
      await expectRefused({ ...to(), origin: 'other.example' }, 'differs');
    },
    LIMIT,
  );

  it(
    'where the folder of secrets has not the KEKs, or another signing key',
    async () => {
      await expectRefused(settingsOf(there), 'kek-missing');
      const [mine, other] = [join(here, 'data.secrets'), join(there, 'data.secrets')];
      await cp(join(mine, 'keks'), join(other, 'keks'), { recursive: true });
      await expectRefused(settingsOf(there), 'signing-key');
    },
    LIMIT,
  );

  it(
    'where another ledger is, or a copy of this one, or none is here',
    async () => {
      await cp(whole, there, { recursive: true });
      await expectRefused(to(), 'not-empty');
      for (const part of ['data', 'data.secrets']) await rm(join(there, part), { recursive: true });
      await (await startWorking(there)).stop();
      await expectRefused(settingsOf(there), 'another-ledger');
      await expectRefused(to(), 'no-ledger', settingsOf(await newFolder()));
    },
    LIMIT,
  );

  it(
    'while others have the ledger open, who are named',
    async () => {
      const patient = { LEDGER_KEY_CACHE_MS: '30000' };
      const working = await startWorking(here, { more: patient });
      await expect(moved(from(), to())).rejects.toMatchObject({
        code: 'ledger-in-use',
        message: expect.stringContaining('test until') as unknown,
      });
      await working.stop();
      await moved(from(), to());
      await expectArrived(to(), left);
    },
    LIMIT,
  );
});

describe('a move under way', () => {
  it(
    'is seen by whoever has just opened the ledger, and by a server, which stays and tells',
    async () => {
      await failAt('migrate.marked');
      for (const [settings, code] of [
        [from(), 'ledger-moved'],
        [to(), 'ledger-incomplete'],
      ] as const) {
        await expect(openLedger({ settings, what: 'test' })).rejects.toMatchObject({ code });
        const log = new ServerLog('silent', { write: () => undefined });
        const server = await startServer({ settings: { ...settings, port: 0 }, log });
        expect(await server.settled()).toEqual({ phase: 'broken', code });
        await server.stop();
      }
    },
    LIMIT,
  );

  it(
    'goes nowhere else than it went before',
    async () => {
      await failAt('migrate.vault-page');
      const elsewhere = thereOf(await newFolder(), here);
      await expect(moved(from(), elsewhere)).rejects.toMatchObject({ rule: 'elsewhere' });
      await moved(from(), to());
      await expect(moved(from(), elsewhere)).rejects.toMatchObject({ rule: 'elsewhere' });
    },
    LIMIT,
  );

  it(
    'that had not closed the source yet is begun again',
    async () => {
      await failAt('migrate.arriving');
      await (await startWorking(here)).stop();
      await moved(from(), to());
      await expectArrived(to(), left);
    },
    LIMIT,
  );

  it(
    'is not gone on with where the target has events of its own',
    async () => {
      await failAt('migrate.compared');
      const log = await openLog(to());
      await log.append(aStream(), 'no-stream', [anEvent()]);
      await log.close();
      await expect(moved(from(), to())).rejects.toMatchObject({ code: 'not-a-copy' });
      await expect(startWorking(here)).rejects.toMatchObject({ code: 'ledger-moved' });
    },
    LIMIT,
  );

  it(
    'does not end where the log was altered: what was signed is another root',
    async () => {
      editEvent(here, 2, 'data', (text) =>
        text.replace(/"[A-Za-z0-9_-]{20}/u, '"AAAAAAAAAAAAAAAAAAAA'),
      );
      await expect(moved(from(), to())).rejects.toMatchObject({ code: 'root-differs' });
      await expect(openLedger({ settings: to(), what: 'test' })).rejects.toMatchObject({
        code: 'ledger-incomplete',
      });
    },
    LIMIT,
  );

  it(
    'does not copy an event that is spelled in another way',
    async () => {
      editEvent(here, 2, 'data', (text) => text.replace(/^\{/u, '{ '));
      await expect(moved(from(), to())).rejects.toMatchObject({ code: 'event-unreadable' });
    },
    LIMIT,
  );
});

describe('the settings of the new place', () => {
  it('are shown nowhere, whatever they hold', async () => {
    const secret = 'a-password-of-somebody';
    const settings = environmentOf(there, { VAULT_URL: `mongodb://x:${secret}@[::1/vault` });
    const target = settingsOf(there, settings);
    const error: unknown = await moved(from(), target).catch((one: unknown) => one);
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain(secret);
  });
});
