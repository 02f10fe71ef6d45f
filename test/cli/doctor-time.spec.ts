import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import type { Instant } from '#kernel';
import { plusMillis, systemClock } from '#kernel';

import { openLedger } from '../../apps/composition/index.js';
import { KeyEpochs } from '../../apps/composition/key-epochs.js';
import { accepted, asking, viewsAtHead } from '../faults/support/asking.js';
import { environmentOf, inFolder, settingsOf, whileWorking } from '../faults/support/folder.js';
import { register } from '../faults/support/people.js';
import { Examined, told } from './examined.js';

const LIMIT = 60_000;
const HOUR = 60 * 60 * 1_000;
const DAY = 24 * HOUR;

/** A clock that stands, so long before (or after) now. */
function standing(millis: number) {
  const at = plusMillis(systemClock.now(), millis);
  return { now: () => at };
}

describe('ledger doctor, of what time brings', () => {
  it(
    'tells of keys that should be gone, and of an erasure that nobody carries through',
    async () => {
      await inFolder(async (folder) => {
        const clock = standing(-45 * DAY);
        const settings = settingsOf(folder);
        const ledger = await openLedger({ settings, what: 'test', clock });
        const subject = await register(ledger, 'Matti');
        await ledger.stores.vault.rotation.beginRotation();
        accepted(
          await ledger.commands.requestErasure(asking('erase'), subject, {
            ground: 'consent-withdrawn',
            categories: ['identity', 'contact'],
          }),
        );
        ledger.projections.start(1);
        await viewsAtHead(ledger);
        await ledger.close();

        const seen = await Examined.afterClosing(environmentOf(folder));
        expect(seen.code).toBe(6);
        expect(seen.of('failure')).toEqual(['erasures', expect.stringMatching(/^kek-overdue /)]);
        expect(seen.found('erasures')[0]?.seen).toMatch(/the oldest for 45 days/);
        const [retiring, current] = seen.found('kek-overdue');
        expect(retiring?.seen).toMatch(/15 days ago; keys lie under it still/);
        expect([current?.status, current?.seen]).toEqual([
          'warning',
          expect.stringMatching(/^current, 45 days old/),
        ]);
        expect(seen.found('processes')[0]?.status).toBe('advice');
      });
    },
    LIMIT,
  );

  it(
    'tells of a clock that is behind what was recorded',
    async () => {
      await inFolder(async (folder) => {
        await whileWorking(folder, () => Promise.resolve(), { clock: standing(2 * HOUR) });
        const seen = await Examined.afterClosing(environmentOf(folder));
        const [clock] = seen.found('clock');
        expect([clock?.status, clock?.seen]).toEqual([
          'failure',
          expect.stringMatching(/^this machine's clock is 1 hour behind/),
        ]);
        expect(seen.code).toBe(6);
      });
    },
    LIMIT,
  );

  it(
    'tells of work that nobody does, though a server is there',
    async () => {
      await inFolder(async (folder) => {
        const ledger = await openLedger({ settings: settingsOf(folder), what: 'server' });
        const seen = await Examined.afterClosing(environmentOf(folder));
        await ledger.close();
        expect([seen.code, seen.of('warning')]).toEqual([
          7,
          [
            'lease-unheld erasures',
            'lease-unheld evidence',
            'lease-unheld key-epochs',
            'lease-unheld links',
            'lease-unheld projections',
            'views',
          ],
        ]);
      });
    },
    LIMIT,
  );

  it(
    'tells which copies of the vault open, and of those that should be gone',
    async () => {
      await inFolder(async (folder) => {
        const backups = join(folder, 'backups');
        const more = { LEDGER_BACKUP: backups };
        const look = () => Examined.afterClosing(environmentOf(folder, more));
        await whileWorking(
          folder,
          async ({ ledger }) => {
            await register(ledger, 'Matti');
            await viewsAtHead(ledger);
            expect((await look()).found('backups')[0]?.status).toBe('advice');
            await new KeyEpochs(ledger).rotate();
            const fresh = await look();
            expect([fresh.of('warning'), fresh.of('failure')]).toEqual([[], []]);
            expect(fresh.found('backup')).toHaveLength(1);
            expect(fresh.found('backups-open').map(({ seen }) => seen)).toEqual([
              expect.stringContaining('can be opened until'),
              expect.stringContaining('to now: can be opened'),
            ]);

            const before = plusMillis(systemClock.now(), -DAY);
            const soon = plusMillis(systemClock.now(), DAY);
            await label(backups, 'a-expired', ledger.id, { takenAt: before, expiresAt: before });
            await label(backups, 'b-foreign', 'other', { takenAt: before, expiresAt: before });
            await label(backups, 'c-closed', ledger.id, { takenAt: before, expiresAt: soon });
            await mkdir(join(backups, 'somebodys'));
            const seen = await look();
            expect(seen.of('failure')).toEqual(['backup-expired a-expired/vault']);
            expect(seen.found('backup-foreign').map(({ of }) => of)).toEqual(['b-foreign/vault']);
            expect(seen.of('warning')).toEqual(['backup-closed c-closed/vault']);

            for (const name of ['a-expired', 'c-closed']) {
              await rm(join(backups, name), { recursive: true });
            }
            await ledger.stores.vault.rotation.beginRotation();
            expect((await look()).of('warning')).toEqual(['backups']);
          },
          { more },
        );
      });
    },
    LIMIT,
  );
});

/** A copy of a vault as its label tells of it. */
async function label(
  backups: string,
  name: string,
  ledger: string,
  times: { readonly takenAt: Instant; readonly expiresAt: Instant },
): Promise<void> {
  const folder = join(backups, name, 'vault');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'backup.json'), JSON.stringify({ what: 'vault', ledger, ...times }));
  await writeFile(join(folder, 'vault.db'), '');
}

describe('ledger doctor, of its settings', () => {
  it('tells what is set wrong, and looks at the machine all the same', async () => {
    const seen = await Examined.of({ LEDGER_DATA: '/nowhere', PORT: 'much' });
    expect([seen.code, seen.of('failure')]).toEqual([6, ['settings']]);
    expect(seen.found('node-version')[0]?.status).toBe('ok');
  });

  it('tells of what looks like a setting, and of what shows memory or believes anybody', async () => {
    await inFolder(async (folder) => {
      const seen = await Examined.of({
        ...environmentOf(folder),
        LEDGER_BACKUPS: folder,
        NODE_OPTIONS: '--enable-source-maps --inspect=0.0.0.0:9229',
        NODE_TLS_REJECT_UNAUTHORIZED: '0',
      });
      expect(seen.found('settings-unknown')[0]?.seen).toContain('LEDGER_BACKUPS');
      expect(seen.found('node-options')[0]?.seen).toContain('--inspect:');
      expect(seen.of('failure')).toEqual(['node-certificates']);
    });
  });

  it('tells people what it tells programs, the worst last', async () => {
    await inFolder(async (folder) => {
      const environment = { ...environmentOf(folder), NODE_TLS_REJECT_UNAUTHORIZED: '0' };
      const { code, said } = await told(['doctor'], environment);
      expect(code).toBe(6);
      const toDo = said.slice(said.indexOf('\nWhat to do\n'));
      expect(toDo.indexOf('advice')).toBeLessThan(toDo.indexOf('FAILURE'));
      expect(said.trimEnd().split('\n').at(-1)).toMatch(
        /^1 failure, 0 warnings, 1 advice, \d+ ok,/,
      );
      expect(Math.max(...said.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    });
  });
});
