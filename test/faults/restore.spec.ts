import { cp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { isRefusal } from '#kernel';
import type { SubjectId } from '#kernel';

import type { Ledger } from '../../apps/composition/index.js';
import { FILES } from '../../apps/composition/index.js';
import type { Store } from '../engines/copies.js';
import { copyStores, putBack } from '../engines/copies.js';
import { describeOnFiles } from '../engines/on-files.js';
import { asking, settled, viewsAtHead } from './support/asking.js';
import { Child } from './support/child.js';
import { inFolder, startWorking, whileWorking } from './support/folder.js';
import { all, erase, eventsOf, readingOf, register, typesOf } from './support/people.js';
import { allEvents, surveyOf } from './support/survey.js';

const LIMIT = 60_000;
const EVERYTHING: readonly Store[] = ['log', 'vault', 'views'];

describe('a copy that is put back from before an erasure', () => {
  it(
    'of the vault alone: the keys are destroyed again before anything is read',
    async () => {
      await inFolder(async (folder) => {
        const { erased, kept } = await erasedSinceCopy(folder);
        await putBack(folder, ['vault']);
        await whileWorking(folder, async ({ ledger }) => {
          expect(ledger.gate).toEqual({ cameBack: 3, recorded: 0 });
          expect(await repeatedBy(ledger, erased)).toEqual([['log', 'anchor']]);
          expect(await readingOf(ledger, erased)).toEqual(all('erased'));
          expect(await readingOf(ledger, kept)).toEqual(all('present'));
          expect(await surveyOf(ledger)).toEqual([]);
        });
      });
    },
    LIMIT,
  );

  it(
    'of the whole data folder: the anchor tells what nothing in it does',
    async () => {
      await inFolder(async (folder) => {
        const { erased, kept } = await erasedSinceCopy(folder);
        await putBack(folder, EVERYTHING);
        await whileWorking(folder, async ({ ledger }) => {
          expect(ledger.gate).toEqual({ cameBack: 3, recorded: 0 });
          expect(await repeatedBy(ledger, erased)).toEqual([['anchor']]);
          await viewsAtHead(ledger);
          expect(await readingOf(ledger, erased)).toEqual(all('erased'));
          expect(await readingOf(ledger, kept)).toEqual(all('present'));
          expect(await typesOf(ledger, erased)).toEqual(['CustomerRegistered', 'ErasureRepeated']);
          expect(await surveyOf(ledger)).toEqual([]);
        });
      });
    },
    LIMIT,
  );

  it(
    'twice: it is caught twice, and the gate is quiet afterwards',
    async () => {
      await inFolder(async (folder) => {
        const { erased } = await erasedSinceCopy(folder);
        for (const round of [1, 2]) {
          await putBack(folder, ['vault']);
          await whileWorking(folder, async ({ ledger }) => {
            expect(ledger.gate.cameBack).toBe(3);
            expect(await repeatedBy(ledger, erased)).toHaveLength(round);
            expect(await readingOf(ledger, erased)).toEqual(all('erased'));
          });
        }
        await whileWorking(folder, async ({ ledger }) => {
          expect(ledger.gate).toEqual({ cameBack: 0, recorded: 0 });
          expect(await surveyOf(ledger)).toEqual([]);
        });
      });
    },
    LIMIT,
  );

  it(
    'of the log alone: what the vault knows to be destroyed is recorded again',
    async () => {
      await inFolder(async (folder) => {
        const { erased } = await erasedSinceCopy(folder);
        await putBack(folder, ['log']);
        await whileWorking(folder, async ({ ledger }) => {
          expect(ledger.gate).toEqual({ cameBack: 0, recorded: 3 });
          await viewsAtHead(ledger);
          expect(await readingOf(ledger, erased)).toEqual(all('erased'));
          expect(await surveyOf(ledger)).toEqual([]);
        });
      });
    },
    LIMIT,
  );

  it(
    'of the views alone: they show nobody who was erased, also while they are behind',
    async () => {
      await inFolder(async (folder) => {
        const { erased } = await erasedSinceCopy(folder);
        await putBack(folder, ['views']);
        const working = await startWorking(folder);
        const { ledger } = working;
        expect(Object.values(await readingOf(ledger, erased))).not.toContain('present');
        await viewsAtHead(ledger);
        expect(await readingOf(ledger, erased)).toEqual(all('erased'));
        expect(await surveyOf(ledger)).toEqual([]);
        await working.stop();
      });
    },
    LIMIT,
  );

  it(
    'of a vault that is too old to know somebody: the keys are lost, and nobody was erased',
    async () => {
      await inFolder(async (folder) => {
        await erasedSinceCopy(folder);
        const later = await whileWorking(folder, async ({ ledger }) => {
          const subject = await register(ledger, 'later');
          await viewsAtHead(ledger);
          return subject;
        });
        await putBack(folder, ['vault']);
        await whileWorking(folder, async ({ ledger }) => {
          expect(await readingOf(ledger, later)).toEqual(all('lost'));
          const changed = await ledger.commands.on(asking('change-lost'), {
            do: 'update-contact',
            subject: later,
            changes: { phone: '1' },
          });
          expect(isRefusal(changed) && changed.code).toBe('key-lost');
        });
      });
    },
    LIMIT,
  );
});

describeOnFiles('a data folder that is not whole', () => {
  it.each([
    ['vault', 'store-missing'],
    ['log', 'store-missing'],
  ] as const)('without its %s is refused: %s', async (file, code) => {
    await inFolder(async (folder) => {
      await whileWorking(folder, ({ ledger }) => register(ledger, 'somebody'));
      await rm(join(folder, 'data', FILES[file]));
      await expect(startWorking(folder)).rejects.toMatchObject({ code });
      // Nothing was made in its place that the next start would take for whole.
      await expect(startWorking(folder)).rejects.toMatchObject({ code });
    });
  });

  it.each(['vault', 'log'] as const)('with the %s of another ledger is refused', async (file) => {
    await inFolder(async (folder) => {
      await inFolder(async (other) => {
        await whileWorking(folder, ({ ledger }) => register(ledger, 'somebody'));
        await whileWorking(other, ({ ledger }) => register(ledger, 'another'));
        await cp(join(other, 'data', FILES[file]), join(folder, 'data', FILES[file]));
        const refused = { code: 'ledger-id-differs' };
        await expect(startWorking(folder)).rejects.toMatchObject(refused);
      });
    });
  });

  it('whose secrets are not there is refused, and gets no new ones', async () => {
    await inFolder(async (folder) => {
      await whileWorking(folder, ({ ledger }) => register(ledger, 'somebody'));
      await rename(join(folder, 'data.secrets'), join(folder, 'elsewhere'));
      await expect(startWorking(folder)).rejects.toMatchObject({ code: 'store-missing' });
      await rm(join(folder, 'data.secrets'), { recursive: true });
      await rename(join(folder, 'elsewhere'), join(folder, 'data.secrets'));
      await whileWorking(folder, async ({ ledger }) => {
        expect(await surveyOf(ledger)).toEqual([]);
      });
    });
  });
});

describe('a first start', () => {
  it.each(['kek.create.before-rename', 'kek.create.after-rename', 'anchor.after-append'])(
    'that ended at %s goes on',
    async (point) => {
      await inFolder(async (folder) => {
        const killed = await Child.start('crash-work', folder, ['life', point, '1']).ended;
        expect(killed.signal).toBe('SIGKILL');
        await whileWorking(folder, async ({ ledger }) => {
          const subject = await register(ledger, 'somebody');
          await viewsAtHead(ledger);
          expect(await readingOf(ledger, subject)).toEqual(all('present'));
        });
      });
    },
    LIMIT,
  );

  it(
    'of several processes at once makes one ledger',
    async () => {
      await inFolder(async (folder) => {
        const children = [1, 2, 3].map(() => Child.start('second-process', folder));
        const ids = await Promise.all(children.map((child) => child.said<string>('opened')));
        expect(new Set(ids).size).toBe(1);
        for (const child of children) child.tell({ do: 'stop' });
        const ended = await Promise.all(children.map((child) => child.ended));
        expect(ended.map(({ code, err }) => [code, err])).toEqual(ended.map(() => [0, '']));
        await whileWorking(folder, async ({ ledger }) => {
          expect(ledger.id).toBe(ids[0]);
          const types = (await allEvents(ledger.stores.log)).map(({ type }) => type);
          expect(types.filter((type) => type === 'RegisterDefined')).toHaveLength(1);
          const live = (await ledger.tokens.list()).filter(({ revokedAt }) => !revokedAt);
          expect(live).toHaveLength(1);
        });
      });
    },
    LIMIT,
  );
});

/** A ledger with somebody erased since a copy of its data folder was made, and at rest. */
async function erasedSinceCopy(
  folder: string,
): Promise<{ readonly erased: SubjectId; readonly kept: SubjectId }> {
  const people = await whileWorking(folder, async ({ ledger }) => {
    const erased = await register(ledger, 'erased', 'N-1');
    const kept = await register(ledger, 'kept', 'N-2');
    await settled(ledger);
    return { erased, kept };
  });
  await copyStores(folder);
  await whileWorking(folder, async (working) => {
    await erase(working, people.erased);
    await viewsAtHead(working.ledger);
  });
  return people;
}

/** By which memories the gate knew of each repeated erasure. */
async function repeatedBy(ledger: Ledger, subject: SubjectId): Promise<readonly unknown[]> {
  const events = await eventsOf(ledger, subject);
  return events.filter(({ type }) => type === 'ErasureRepeated').map(({ data }) => data.knownBy);
}
