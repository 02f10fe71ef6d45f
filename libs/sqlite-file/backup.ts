import { constants } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

import { backup, DatabaseSync } from '@photostructure/sqlite';

import { errorCode, InvalidInput } from '#kernel';

import { portError } from './faults.js';

/**
 * A consistent copy of a file that is in use, as it was at one instant. It is made beside the target
 * (`.part`) on a thread of its own and takes its name when it is on the disk.
 * @throws InvalidInput where the target exists: a backup never overwrites another
 */
export async function backupDatabase(part: string, file: string, target: string): Promise<void> {
  const unfinished = `${target}.part`;
  await assertAbsent(target);
  await discard(unfinished);
  try {
    await copy(file, unfinished);
    await syncPath(unfinished);
    await rename(unfinished, target);
    await syncPath(dirname(target));
  } catch (error) {
    await discard(unfinished);
    throw portError(part, error);
  }
}

/** All pages in one step: a copy in several would begin anew with every write beside it. */
async function copy(file: string, target: string): Promise<void> {
  const source = new DatabaseSync(file, { timeout: 1_000, readOnly: true });
  try {
    await backup(source, target, { rate: -1 });
  } finally {
    source.close();
  }
}

/** With its journal: the engine would play one that a crash has left into the next copy. */
async function discard(unfinished: string): Promise<void> {
  await rm(unfinished, { force: true });
  await rm(`${unfinished}-journal`, { force: true });
}

async function assertAbsent(target: string): Promise<void> {
  try {
    const handle = await open(target, constants.O_RDONLY);
    await handle.close();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  throw new InvalidInput('file', 'exists', 'is there already');
}

/** Windows cannot sync a folder; its file system keeps names in a journal of its own. */
async function syncPath(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY);
  try {
    await handle.sync();
  } catch (error) {
    if (errorCode(error) !== 'EPERM' || process.platform !== 'win32') throw error;
  } finally {
    await handle.close();
  }
}
