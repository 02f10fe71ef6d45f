import { stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';

import { DatabaseSync } from '@photostructure/sqlite';

import { errorCode, Outage } from '#kernel';

import type { Database } from './database.js';
import { portError } from './faults.js';
import { checkedVersion, type FileFormat } from './open.js';

const BUSY_MILLIS = 100;
const ATTEMPTS = 3;

/**
 * Reads a file that others may have open, and touches nothing: no file is made or changed, no format
 * is brought to the newest, no write-ahead log is played in.
 *
 * @param work done again where somebody opens the file meanwhile; keeps the connection no longer
 * @returns undefined where there is no file, or one that nothing was ever written to
 * @throws IntegrityError `format-newer`, `format-foreign`, `store-corrupt`
 * @throws Outage with reason `format-older` where the next start changes the format; `wal-alone`
 * where a write-ahead log lies there that nobody has open: it cannot be read without playing it in
 */
export async function readUntouched<T>(
  file: string,
  format: FileFormat,
  work: (db: Database) => Promise<T>,
): Promise<T | undefined> {
  const { part } = format;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if ((await sizeOf(part, file)) === 0) return undefined;
    const isShared = await isOpen(part, file);
    if (!isShared && (await sizeOf(part, `${file}-wal`)) > 0) throw new Outage(part, 'wal-alone');
    try {
      const read = await onConnection(addressOf(file, isShared), format, work);
      if (isShared || !(await isOpen(part, file))) return read;
    } catch (error) {
      // Read without locks, what another has begun to write may look like anything.
      if (isShared || !(await isOpen(part, file))) throw portError(part, error);
    }
  }
  throw new Outage(part, 'busy');
}

/** Whoever has the file open has an index of its write-ahead log there; so has a crash left one. */
async function isOpen(part: string, file: string): Promise<boolean> {
  return (await sizeOf(part, `${file}-shm`)) > 0;
}

/**
 * With an index: joins in, and writes nothing to it. Without: the engine would make one, unless it
 * is told that the file does not change.
 */
function addressOf(file: string, isShared: boolean): URL {
  const address = pathToFileURL(file);
  address.search = isShared ? 'readonly_shm=1' : 'immutable=1';
  return address;
}

async function onConnection<T>(
  address: URL,
  format: FileFormat,
  work: (db: Database) => Promise<T>,
): Promise<T | undefined> {
  const db = new DatabaseSync(address, { readOnly: true, timeout: BUSY_MILLIS });
  try {
    const version = checkedVersion(db, format);
    if (version === 0) return undefined;
    if (version < format.migrations.length) throw new Outage(format.part, 'format-older');
    return await work(db);
  } finally {
    db.close();
  }
}

/** 0 where there is none. */
async function sizeOf(part: string, path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    const code = errorCode(error) ?? 'unknown';
    if (code === 'ENOENT') return 0;
    throw new Outage(part, code.toLowerCase(), { cause: error });
  }
}
