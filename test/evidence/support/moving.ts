import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { TreeHead } from '#evidence';
import { headOfLog } from '#evidence';
import type { Clock } from '#kernel';
import { systemClock } from '#kernel';

import type { Migrated, Settings } from '../../../apps/composition/index.js';
import { migrate, openLog, reopen } from '../../../apps/composition/index.js';
import { environmentOf, settingsOf } from '../../faults/support/folder.js';

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
