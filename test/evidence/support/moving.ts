import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from '@jest/globals';

import type { TreeHead } from '#evidence';
import { auditCode, headOfLog } from '#evidence';
import type { Clock, SubjectId } from '#kernel';
import { Outage, setFaultProbe, systemClock } from '#kernel';

import { verifyStore } from '../../../apps/cli/evidence/verify-run.js';
import type { Ledger, Migrated, Settings } from '../../../apps/composition/index.js';
import {
  EvidenceReader,
  migrate,
  openLedger,
  openLog,
  reopen,
  startProcesses,
} from '../../../apps/composition/index.js';
import { allEnded, viewsAtHead } from '../../faults/support/asking.js';
import { environmentOf, settingsOf, whileWorking } from '../../faults/support/folder.js';
import { all, askErasure, erase, readingOf, register } from '../../faults/support/people.js';
import { surveyOf } from '../../faults/support/survey.js';
import { until } from '../../faults/support/until.js';

/** Settings of a place in another folder, which has the secrets of the first. */
export function placeIn(folder: string, secretsOf: string): Readonly<Record<string, string>> {
  return environmentOf(folder, { LEDGER_SECRETS: join(secretsOf, 'data.secrets') });
}

/** The settings of a place as a file that `ledger migrate --to` reads. */
export async function writePlace(
  file: string,
  place: Readonly<Record<string, string>>,
): Promise<void> {
  const lines = Object.entries(place).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(file, lines.join(''));
}

/** Settings of the second folder, with the secrets of the first. */
export function thereOf(folder: string, secretsOf: string): Settings {
  const { LEDGER_SECRETS = '' } = placeIn(folder, secretsOf);
  return settingsOf(folder, { LEDGER_SECRETS });
}

/** Moves a ledger, quietly. */
export function moved(from: Settings, to: Settings, clock: Clock = systemClock): Promise<Migrated> {
  return migrate({ from, to, clock, ...QUIET, onEvents: none, onRows: none });
}

/** Gives a move up. */
export function reopened(from: Settings, to?: Settings): Promise<void> {
  return reopen({ from, to, clock: systemClock, ...QUIET });
}

/** The tree over a log, hashed anew. */
export async function headAt(settings: Settings): Promise<TreeHead> {
  const log = await openLog(settings);
  try {
    return await headOfLog(log);
  } finally {
    await log.close();
  }
}

const none = () => undefined;
const QUIET = { onProblem: none };

/** A small ledger that is about to move. */
export interface Leaving {
  readonly living: SubjectId;
  readonly erased: SubjectId;
  /** Whose erasure has begun: fenced, told to the anchor, and its keys are still there. */
  readonly erasing: SubjectId;
  /** File with a checkpoint that somebody keeps. */
  readonly kept: string;
}

/** Makes a ledger in a folder, somebody of whom is half-way to be erased. */
export async function prepareLeaving(folder: string, people = 20): Promise<Leaving> {
  const kept = join(folder, 'kept.txt');
  const made = await whileWorking(folder, async (working) => {
    const { ledger } = working;
    const names = Array.from({ length: people }, (_, n) => `person-${String(n)}`);
    const [living, erased, erasing] = await Promise.all(
      names.map((name, n) => register(ledger, name, `N-${String(n)}`)),
    );
    if (living === undefined || erased === undefined || erasing === undefined) throw new Error();
    await erase(working, erased);
    await signedBeside(ledger, kept);
    const reached = new Promise<void>((resolve) => {
      setFaultProbe((point) => {
        if (point !== 'erasure.anchored') return;
        resolve();
        throw new Outage('vault', 'is away, for the test');
      });
    });
    await askErasure(working, erasing);
    await reached;
    return { living, erased, erasing, kept };
  });
  setFaultProbe(undefined);
  return made;
}

/** Signs what has happened, in whichever process does. */
async function signedBeside(ledger: Ledger, file: string): Promise<void> {
  const note = await until('a checkpoint', () => new EvidenceReader(ledger).signNow());
  await writeFile(file, note);
}

/** What must hold where it has arrived: its people, the erased ones, and the one under way. */
export async function expectArrived(settings: Settings, left: Leaving): Promise<void> {
  const ledger = await openLedger({ settings, what: 'test' });
  const processes = startProcesses(ledger);
  try {
    await allEnded(ledger, left.erasing);
    await viewsAtHead(ledger);
    expect(await readingOf(ledger, left.living)).toEqual(all('present'));
    expect(await readingOf(ledger, left.erased)).toEqual(all('erased'));
    expect(await readingOf(ledger, left.erasing)).toEqual(all('erased'));
    expect(await surveyOf(ledger)).toEqual([]);
    const note = await until('a checkpoint', () => new EvidenceReader(ledger).signNow());
    expect(Number(note.split('\n')[1])).toBeGreaterThan(0);
  } finally {
    await processes.stop();
    await ledger.close();
  }
  const { report } = await verifyStore({ settings, from: left.kept, clock: systemClock });
  expect(auditCode(report.totals, report.faults)).toBe(0);
  expect(report.heads.every(({ standing }) => standing === 'agrees')).toBe(true);
}
