import { copyFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from '@jest/globals';

import type { Clock, Instant } from '#kernel';
import { instantOf, plusMillis, setFaultProbe } from '#kernel';
import { DEFAULT_ROTATION } from '#vault';
import { openFileKeks } from '#vault/file';
import { openSqliteVault } from '#vault/sqlite';

import { FILES } from '../../apps/composition/index.js';
import { KeyEpochs } from '../../apps/composition/key-epochs.js';
import { describeOnFiles } from '../engines/on-files.js';
import { allEnded, viewsAtHead } from './support/asking.js';
import { whereIs } from './support/canaries.js';
import { inFolder, inLedger, startWorking } from './support/folder.js';
import {
  all,
  askErasure,
  erase,
  eventsOf,
  readingOf,
  register,
  typesOf,
} from './support/people.js';
import { surveyOf } from './support/survey.js';
import { until } from './support/until.js';
import { heldOpen, wrappedKeys } from './support/vault-by-hand.js';

const LIMIT = 60_000;
const HOUR_MILLIS = 60 * 60 * 1000;

afterEach(() => {
  setFaultProbe(undefined);
});

class MovedClock implements Clock {
  at: Instant = instantOf(Date.now());

  now(): Instant {
    return this.at;
  }
}

describe('after an erasure', () => {
  it(
    'the wrapped keys are in no store, nor what they sealed in the views',
    async () => {
      await inLedger(async (working, folder) => {
        const { ledger } = working;
        const subject = await register(ledger, 'gone');
        await viewsAtHead(ledger);
        const keys = await wrappedKeys(folder, subject);
        expect(keys).toHaveLength(3);
        expect((await whereIs(folder, keys)).join()).toContain('vault');
        const sealed = (await eventsOf(ledger, subject)).flatMap(({ data }) =>
          (data.sealed ?? []).map(({ ciphertext }) => Buffer.from(ciphertext)),
        );
        expect((await whereIs(folder, sealed)).join()).toContain('views');
        await erase(working, subject);
        expect(await whereIs(folder, keys)).toEqual([]);
        expect((await whereIs(folder, sealed)).join()).not.toContain('views');
        expect(await readingOf(ledger, subject)).toEqual(all('erased'));
      });
    },
    LIMIT,
  );
});

describeOnFiles('an erasure', () => {
  it.each([
    ['vault', FILES.vault, 'keys', 'vault.destroy.after-commit', 'vault.destroy.after-checkpoint'],
    ['views', FILES.views, 'builds', 'views.before-scrub', 'views.after-scrub'],
  ])(
    'is not said to be done while somebody reads an older state of the %s',
    async (_, file, table, before, after) => {
      const reached = new Set<string>();
      setFaultProbe((point) => void reached.add(point));
      await inLedger(async (working, folder) => {
        const { ledger } = working;
        const subject = await register(ledger, 'gone');
        await viewsAtHead(ledger);
        const keys = await wrappedKeys(folder, subject);
        const reader = heldOpen(join(folder, 'data', file), table);
        try {
          await askErasure(working, subject);
          await until('the erasure to come so far', () => reached.has(before));
          await register(ledger, 'meanwhile');
          expect(reached).not.toContain(after);
          expect(await typesOf(ledger, subject)).not.toContain('SubjectErased');
        } finally {
          reader.close();
        }
        await allEnded(ledger, subject);
        expect(await whereIs(folder, keys)).toEqual([]);
        expect(await surveyOf(ledger)).toEqual([]);
      });
    },
    LIMIT,
  );
});

describeOnFiles('after a rotation and the backup time', () => {
  it(
    'nothing that exists opens an old copy of the vault',
    async () => {
      await inFolder(async (folder) => {
        const clock = new MovedClock();
        const more = { LEDGER_BACKUP_MS: String(HOUR_MILLIS) };
        const copy = join(folder, 'copy-of-vault.db');
        const secrets = join(folder, 'data.secrets', 'keks');
        const working = await startWorking(folder, { clock, more });
        const { ledger } = working;
        const subject = await register(ledger, 'kept');
        await ledger.stores.vault.backup?.(copy);
        const [name = ''] = await readdir(secrets);
        const kek = await kekIn(join(secrets, name));
        const keyIds = (await ledger.stores.vault.vault.status(subject)).map(({ ref }) => ref.key);
        const openCopy = async () => {
          const keks = await openFileKeks(secrets, clock);
          const store = await openSqliteVault(copy, { keks, clock, rotation: DEFAULT_ROTATION });
          try {
            return [...(await store.vault.unwrap(keyIds)).values()].map(({ state }) => state);
          } finally {
            await store.close();
          }
        };
        expect(await openCopy()).toEqual(['live', 'live', 'live']);
        const epochs = new KeyEpochs(ledger);
        await epochs.rotate();
        await epochs.retireDue();
        expect(await openCopy()).toEqual(['live', 'live', 'live']);
        clock.at = plusMillis(clock.at, HOUR_MILLIS + 1);
        await epochs.retireDue();
        await expect(openCopy()).rejects.toThrow();
        expect(await readdir(secrets)).toHaveLength(1);
        expect(await whereIs(folder, [kek])).toEqual([]);
        expect(await readingOf(ledger, subject)).toEqual(all('present'));
        await working.stop();
        // Put in the place of the vault, it opens nothing, and nothing is called erased.
        await copyFile(copy, join(folder, 'data', FILES.vault));
        const started = startWorking(folder, { clock, more });
        await expect(started).rejects.toMatchObject({ code: 'kek-missing' });
      });
    },
    LIMIT,
  );
});

/** The 32 bytes of a KEK, which stand before the digest at the end of its file. */
async function kekIn(path: string): Promise<Buffer> {
  return (await readFile(path)).subarray(-64, -32);
}
