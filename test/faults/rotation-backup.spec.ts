import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, it } from '@jest/globals';

import { FILES } from '../../apps/composition/index.js';
import { KeyEpochs } from '../../apps/composition/key-epochs.js';
import type { Instant } from '#kernel';
import { plusMillis } from '#kernel';
import { DEFAULT_ROTATION } from '#vault';
import { openFileKeks } from '#vault/file';
import { openSqliteVault } from '#vault/sqlite';

import { describeOnFiles } from '../engines/on-files.js';
import { inFolder, whileWorking } from './support/folder.js';
import { register } from './support/people.js';

const HOUR_MILLIS = 3_600_000;

describeOnFiles('a rotation, where LEDGER_BACKUP names a folder', () => {
  it('takes one copy of the vault, which opens, and removes those that have expired', async () => {
    await inFolder(async (folder) => {
      const backups = join(folder, 'backups');
      const clock = { at: '2026-03-02T09:00:00.000Z' as Instant, now: () => clock.at };
      const more = { LEDGER_BACKUP: backups, LEDGER_BACKUP_MS: String(HOUR_MILLIS) };
      const copiesThere = async () => {
        const copies = [];
        for (const name of await readdir(backups).catch(() => [])) {
          copies.push(...(await readdir(join(backups, name))).map((part) => join(name, part)));
        }
        return copies;
      };
      await whileWorking(
        folder,
        async ({ ledger }) => {
          const subject = await register(ledger, 'kept');
          const keys = (await ledger.stores.vault.vault.status(subject)).map(({ ref }) => ref.key);
          const epochs = new KeyEpochs(ledger);
          await epochs.round();
          expect(await copiesThere()).toEqual([]);

          await epochs.rotate();
          await epochs.round();
          const first = await copiesThere();
          expect(first).toEqual(['2026-03-02T090000.000Z/vault']);
          const keks = await openFileKeks(join(folder, 'data.secrets', 'keks'), clock);
          const file = join(backups, String(first[0]), FILES.vault);
          const copy = await openSqliteVault(file, { keks, clock, rotation: DEFAULT_ROTATION });
          const opened = [...(await copy.vault.unwrap(keys)).values()].map(({ state }) => state);
          await copy.close();
          expect(opened).toEqual(keys.map(() => 'live'));

          clock.at = plusMillis(clock.at, HOUR_MILLIS);
          await epochs.rotate();
          expect(await copiesThere()).toEqual(['2026-03-02T100000.000Z/vault']);
        },
        { clock, more },
      );
    });
  }, 60_000);
});
