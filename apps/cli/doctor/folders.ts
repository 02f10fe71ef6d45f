import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { relative, sep } from 'node:path';

import { errorCode } from '#kernel';

import type { Check } from './check.js';
import { failure, ok, warning } from './check.js';
import { lookAtDisk } from './disk.js';
import type { Patient } from './patient.js';

const OTHERS = 0o077;

/** The folders of stores and secrets: there, nobody else's to enter, apart, with room left. */
export async function lookAtFolders(patient: Patient): Promise<readonly Check[]> {
  const { data, secrets, backup } = patient.settings;
  const isSomething = (await patient.standing()) === 'some';
  const named = [
    { code: 'data', path: data, isNeeded: isSomething && hasFiles(patient) },
    { code: 'secrets', path: secrets, isNeeded: isSomething },
    ...(backup === '' ? [] : [{ code: 'backup', path: backup, isNeeded: false }]),
  ];
  const checks = await Promise.all(named.map(lookAtFolder));
  return [...checks.flat(), ...(await apart(data, secrets))];
}

function hasFiles({ settings: { eventStoreDb, vaultUrl, mongoDb } }: Patient): boolean {
  return [eventStoreDb, vaultUrl, mongoDb].includes('');
}

interface Folder {
  readonly code: string;
  readonly path: string;
  /** Whether a ledger is here that has something in it. */
  readonly isNeeded: boolean;
}

async function lookAtFolder({ code, path, isNeeded }: Folder): Promise<readonly Check[]> {
  const name = `${code}-folder`;
  try {
    const { mode } = await stat(path);
    await access(path, constants.W_OK);
    return [modeOf(name, path, mode), await lookAtDisk(`${code}-disk`, path)];
  } catch (error) {
    const reason = errorCode(error) ?? 'unknown';
    if (reason === 'ENOENT' && !isNeeded) return [ok(name, `${path}: not there yet`)];
    return [unusable(name, path, reason)];
  }
}

function modeOf(code: string, path: string, mode: number): Check {
  // Windows has no such modes: what is asked of them there says nothing.
  if (process.platform === 'win32') return ok(code, `${path}: there`);
  const octal = (mode & 0o777).toString(8).padStart(4, '0');
  if ((mode & OTHERS) === 0) return ok(code, `${path}: there, its owner's alone (${octal})`);
  const finding = {
    seen: `${path}: others may enter (${octal})`,
    mend: `chmod 700 ${path}`,
  };
  return code === 'secrets-folder' ? failure(code, finding) : warning(code, finding);
}

function unusable(code: string, path: string, reason: string): Check {
  switch (reason) {
    case 'ENOENT':
      return failure(code, {
        seen: `${path}: not there`,
        mend: 'mount its disk, or put it back from a backup; a server must not be started before',
      });
    case 'EROFS':
      return failure(code, {
        seen: `${path}: on a file system that is mounted for reading only`,
        mend: 'mount it for writing; see first what the system log says of the disk',
      });
    default:
      return failure(code, {
        seen: `${path}: cannot be used by this user (${reason})`,
        mend: 'run the doctor as the user that the server runs as, or give it the folder',
      });
  }
}

/** By where they really lie: a link may lead into the other. */
async function apart(data: string, secrets: string): Promise<readonly Check[]> {
  const [stores, keys] = await Promise.all([data, secrets].map(reallyAt));
  if (stores === undefined || keys === undefined) return [];
  if (isWithin(keys, stores)) {
    return [
      failure('secrets-apart', {
        seen: 'the secrets folder lies in the data folder: one backup takes both',
        mend: 'stop all processes, move it elsewhere, and set LEDGER_SECRETS',
      }),
    ];
  }
  if (isWithin(stores, keys)) {
    return [
      warning('secrets-apart', {
        seen: 'the data folder lies in the secrets folder: one backup takes both',
        mend: 'stop all processes, move it elsewhere, and set LEDGER_DATA',
      }),
    ];
  }
  return [ok('secrets-apart', 'secrets lie outside of the data')];
}

async function reallyAt(path: string): Promise<string | undefined> {
  return realpath(path).catch(() => undefined);
}

function isWithin(inner: string, outer: string): boolean {
  const way = relative(outer, inner);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`));
}
