import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { auditCode } from '#evidence';
import { parseInstant, type SubjectId } from '#kernel';

import { verifyStore } from '../../apps/cli/evidence/verify-run.js';
import type { Settings } from '../../apps/composition/index.js';
import { openLedger, startProcesses } from '../../apps/composition/index.js';
import { makeFolder, removeFolder } from '../engines/places.js';
import { all, erase, readingOf } from '../faults/support/people.js';
import { settingsOf, startWorking, whileWorking } from '../faults/support/folder.js';
import { viewsAtHead } from '../faults/support/asking.js';
import { surveyOf } from '../faults/support/survey.js';
import { prepareLedger, type Prepared } from './support/prepared.js';
import { headAt, moved, reopened, thereOf } from './support/moving.js';

const LIMIT = 180_000;

let prepared: Prepared;
let erased: SubjectId;
let whole: string;
const folders: string[] = [];

/** A ledger in files, one of whose people is erased. */
beforeAll(async () => {
  whole = await mkdtemp(join(tmpdir(), 'ledger-move-'));
  prepared = await prepareLedger(whole);
  erased = personAt(5);
  await whileWorking(whole, async (working) => {
    await viewsAtHead(working.ledger);
    await erase(working, erased);
  });
}, LIMIT);

afterAll(() => rm(whole, { recursive: true, force: true }));

let here: string;
beforeEach(async () => {
  here = await newFolder({ eventStoreDb: false });
  await cp(whole, here, { recursive: true });
});

afterEach(async () => {
  for (const folder of folders.splice(0)) await removeFolder(folder);
});

async function newFolder({ eventStoreDb }: { readonly eventStoreDb: boolean }): Promise<string> {
  const folder = await makeFolder('move', { eventStoreDb, mongoDb: false });
  folders.push(folder);
  return folder;
}

function personAt(index: number): SubjectId {
  const person = prepared.people[index];
  if (person === undefined) throw new Error('nobody is there');
  return person;
}

/** Opens a ledger at a place, with what runs beside it. */
async function whileAt<T>(
  settings: Settings,
  work: (working: Awaited<ReturnType<typeof startWorking>>) => Promise<T>,
): Promise<T> {
  const ledger = await openLedger({ settings, what: 'test' });
  const processes = startProcesses(ledger);
  const stop = async () => {
    await processes.stop();
    await ledger.close();
  };
  try {
    return await work({ ledger, processes, problems: [], stop });
  } finally {
    await stop();
  }
}

/** Every kept checkpoint verifies, and nothing was altered. */
async function expectVerified(settings: Settings, kept: readonly string[]): Promise<void> {
  for (const from of kept) {
    const clock = { now: () => parseInstant(prepared.at, 'at') };
    const { report } = await verifyStore({ settings, from, clock });
    expect(auditCode(report.totals, report.faults)).toBe(0);
    expect(report.totals).toMatchObject({ ALTERED: 0, MISSING: 0, INSERTED: 0, LOST: 0 });
    expect(report.totals.SHREDDED).toBeGreaterThan(0);
  }
}

const notes = () => ['older.txt', 'newer.txt'].map((name) => join(whole, name));

describe('a ledger that moves from files to EventStoreDB and back', () => {
  it(
    'has the same root, proves what was signed, and goes on with its people',
    async () => {
      const before = await headAt(settingsOf(here));
      const [there, back] = [
        await newFolder({ eventStoreDb: true }),
        await newFolder({ eventStoreDb: false }),
      ];
      const [onServer, inFiles] = [thereOf(there, here), thereOf(back, here)];
      expect((await moved(settingsOf(here), onServer)).head).toEqual(before);
      expect(await headAt(onServer)).toEqual(before);
      await expectVerified(onServer, notes());
      await whileAt(onServer, async (working) => {
        const { ledger } = working;
        await viewsAtHead(ledger);
        expect(await readingOf(ledger, personAt(0))).toEqual(all('present'));
        expect(await readingOf(ledger, erased)).toEqual(all('erased'));
        await erase(working, personAt(1));
        await viewsAtHead(ledger);
        expect(await surveyOf(ledger)).toEqual([]);
      });
      await expectVerified(onServer, notes());
      const longer = await headAt(onServer);
      expect(longer.size).toBeGreaterThan(before.size);
      expect((await moved(onServer, inFiles)).head).toEqual(longer);
      expect(await headAt(inFiles)).toEqual(longer);
      await expectVerified(inFiles, notes());
      await whileAt(inFiles, async ({ ledger }) => {
        await viewsAtHead(ledger);
        expect(await readingOf(ledger, personAt(0))).toEqual(all('present'));
        for (const gone of [erased, personAt(1)]) {
          expect(await readingOf(ledger, gone)).toEqual(all('erased'));
        }
      });
      await expect(openLedger({ settings: onServer, what: 'test' })).rejects.toMatchObject({
        code: 'ledger-moved',
      });
      await expect(startWorking(here)).rejects.toMatchObject({ code: 'ledger-moved' });
      await expectVerified(settingsOf(here), notes());
    },
    LIMIT,
  );
});

describe('a ledger that has moved', () => {
  it(
    'is opened again where it was, as long as nothing came about at the other place',
    async () => {
      const to = thereOf(await newFolder({ eventStoreDb: false }), here);
      const from = settingsOf(here);
      await moved(from, to);
      expect((await moved(from, to)).head).toBeUndefined();
      await expect(reopened(from)).rejects.toMatchObject({ field: '--to', rule: 'required' });
      await reopened(from, to);
      await whileWorking(here, async ({ ledger }) => {
        expect(await readingOf(ledger, personAt(0))).toEqual(all('present'));
      });
      await expect(openLedger({ settings: to, what: 'test' })).rejects.toMatchObject({
        code: 'ledger-incomplete',
      });
      await expect(moved(from, to)).rejects.toMatchObject({ rule: 'not-empty' });
    },
    LIMIT,
  );

  it(
    'stays where it is once something came about there',
    async () => {
      const to = thereOf(await newFolder({ eventStoreDb: false }), here);
      await moved(settingsOf(here), to);
      await whileAt(to, (working) => erase(working, personAt(2)));
      await expect(reopened(settingsOf(here), to)).rejects.toMatchObject({ code: 'target-grown' });
      await expect(startWorking(here)).rejects.toMatchObject({ code: 'ledger-moved' });
      await whileAt(to, async ({ ledger }) => {
        await viewsAtHead(ledger);
        expect(await readingOf(ledger, personAt(2))).toEqual(all('erased'));
      });
    },
    LIMIT,
  );
});
