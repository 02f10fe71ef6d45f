import { constants, type Stats } from 'node:fs';
import { mkdir, open, stat } from 'node:fs/promises';

import { errorCode, Outage } from '#kernel';

/** Makes a folder that only its owner may enter, if it is not there. */
export async function makePrivateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
}

/** Has a folder's names on the disk. Windows cannot, and keeps them in a journal of its own. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Has on the disk what anybody has written to a file. */
export async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Does work on files; what the file system complains of comes as an Outage of the part. The cause is
 * kept: it holds paths, and nothing of what is in the files.
 */
export async function onFiles<T>(part: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined || !/^E[A-Z0-9]+$/.test(code)) throw error;
    throw new Outage(part, code.toLowerCase(), { cause: error });
  }
}
