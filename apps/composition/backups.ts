import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { Instant, LedgerId } from '#kernel';
import { errorCode, isJsonObject, Outage, plusMillis } from '#kernel';

import type { Stores } from './stores.js';
import { FILES } from './stores.js';

const OWNER_ONLY = 0o700;
const OWNER_FILE = 0o600;
const LABEL = 'backup.json';

/** What stands beside a copy, in `backup.json`. */
interface Label {
  readonly what: 'event-log' | 'vault';
  readonly ledger: LedgerId;
  readonly takenAt: Instant;
  /** After it the copy must be destroyed; null: keep it for ever. */
  readonly expiresAt: Instant | null;
  readonly says: string;
}

const SAYS = {
  'event-log': 'Keep it: the log is the ledger. It holds personal data as ciphertext alone.',
  vault:
    'Destroy it when it expires: it holds keys of people who may have been erased since. ' +
    'The KEKs are not in it; without them it opens nothing.',
} as const;

/** Where copies go, whose they are, and when they are taken. */
export interface BackupOf {
  readonly stores: Pick<Stores, 'log' | 'vault'>;
  readonly ledger: LedgerId;
  /** Each copy gets a folder in it, named by the time. */
  readonly into: string;
  readonly takenAt: Instant;
  /** How long copies of the vault may exist. */
  readonly backupMillis: number;
}

/**
 * Copies the log while it is in use. Gives the folder of the copy, with its label; undefined where
 * the log's engine has tools of its own for that.
 * @throws Outage where it cannot be written now
 */
export async function backupLog(backup: BackupOf): Promise<string | undefined> {
  const { log } = backup.stores;
  if (log.backup === undefined) return undefined;
  return writing(async () => {
    const folder = await makeFolder(backup, 'log');
    await writeLabel(folder, backup, 'event-log', null);
    await log.backup?.(join(folder, FILES.log));
    return folder;
  });
}

/**
 * Copies the vault while it is in use: the KEKs are not in the copy. Undefined where the vault's engine
 * has tools of its own for that.
 * @throws Outage where it cannot be written now
 */
export async function backupVault(
  backup: BackupOf,
): Promise<{ readonly folder: string; readonly expiresAt: Instant } | undefined> {
  const { vault } = backup.stores;
  if (vault.backup === undefined) return undefined;
  return writing(async () => {
    const folder = await makeFolder(backup, 'vault');
    const expiresAt = plusMillis(backup.takenAt, backup.backupMillis);
    // The label first: a copy that a crash cuts off must go in time all the same.
    await writeLabel(folder, backup, 'vault', expiresAt);
    await vault.backup?.(join(folder, FILES.vault));
    return { folder, expiresAt };
  });
}

/** Removes the copies of this ledger's vault whose time is over. Gives how many there were. */
export async function removeExpired(into: string, ledger: LedgerId, now: Instant): Promise<number> {
  let removed = 0;
  for (const name of await readdir(into).catch(() => [])) {
    const folder = join(into, name, 'vault');
    const label = await labelIn(folder);
    if (label?.ledger !== ledger || label.what !== 'vault') continue;
    if (typeof label.expiresAt !== 'string' || label.expiresAt > now) continue;
    await writing(() => rm(folder, { recursive: true, force: true }));
    removed += 1;
  }
  return removed;
}

async function makeFolder({ into, takenAt }: BackupOf, part: string): Promise<string> {
  const folder = join(into, takenAt.replaceAll(':', ''), part);
  await mkdir(folder, { recursive: true, mode: OWNER_ONLY });
  return folder;
}

/** What the file system refuses now, it may take later. */
async function writing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = errorCode(error);
    throw code === undefined ? error : new Outage('backup', code, { cause: error });
  }
}

async function writeLabel(
  folder: string,
  { ledger, takenAt }: BackupOf,
  what: Label['what'],
  expiresAt: Instant | null,
): Promise<void> {
  const label: Label = { what, ledger, takenAt, expiresAt, says: SAYS[what] };
  const file = await open(join(folder, LABEL), 'wx', OWNER_FILE);
  try {
    await file.writeFile(`${JSON.stringify(label, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** What is no label of ours is somebody else's file. */
async function labelIn(folder: string): Promise<Record<string, unknown> | undefined> {
  try {
    const label: unknown = JSON.parse(await readFile(join(folder, LABEL), 'utf8'));
    return isJsonObject(label) ? label : undefined;
  } catch {
    return undefined;
  }
}
