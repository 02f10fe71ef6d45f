import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { errorCode, Outage } from '#kernel';

import { openSigner } from '../../composition/signing-keys.js';
import type { Check } from './check.js';
import { advice, failure, NotLooked, ok, warning } from './check.js';
import type { Patient } from './patient.js';
import { listed, plural } from './texts.js';

const OTHERS = 0o077;
const FIRST_START = 'first-start';
const ADMIN_TOKEN = 'admin-token.txt';

/** The files of the secrets folder beside the KEKs and the anchor, and who may read them all. */
export async function lookAtSecrets(patient: Patient): Promise<readonly Check[]> {
  const files = await filesIn(patient.folder.path);
  if (files.length === 0) throw new NotLooked('there are no secrets here');
  return [
    await signingKey(patient),
    modes(patient, files),
    ...firstStart(files),
    ...adminToken(patient, files),
  ];
}

interface File {
  /** Within the folder. */
  readonly name: string;
  readonly mode: number;
}

async function filesIn(folder: string): Promise<readonly File[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true, recursive: true });
    const paths = entries
      .filter((one) => one.isFile())
      .map((one) => join(one.parentPath, one.name));
    const files = await Promise.all(paths.map((path) => fileAt(folder, path)));
    return files.flatMap((file) => file ?? []);
  } catch (error) {
    const reason = errorCode(error) ?? 'unknown';
    if (reason === 'ENOENT') return [];
    throw new Outage('secrets', reason.toLowerCase());
  }
}

/** Undefined where it has gone since: KEKs come and go under names of their own. */
async function fileAt(folder: string, path: string): Promise<File | undefined> {
  const mode = await stat(path).then(
    (found) => found.mode & 0o777,
    () => undefined,
  );
  return mode === undefined ? undefined : { name: path.slice(folder.length + 1), mode };
}

async function signingKey({ folder, settings }: Patient): Promise<Check> {
  const code = 'signing-key';
  try {
    const { id } = await openSigner(folder, settings.origin, false);
    return ok(code, `signs as ${id}`);
  } catch (error) {
    if (error instanceof Outage) throw error;
    return failure(code, {
      seen: 'the signing key is not there, or is none: receipts cannot be signed',
      mend: `put signing-key.pem back from the backup of ${folder.path}`,
    });
  }
}

function modes({ folder }: Patient, files: readonly File[]): Check {
  const code = 'secrets-modes';
  const open = files.filter(({ mode }) => (mode & OTHERS) !== 0).map(({ name }) => name);
  if (process.platform === 'win32' || open.length === 0) {
    return ok(code, `${plural(files.length, 'file')}, each its owner's alone`);
  }
  return failure(code, {
    seen: `others may read ${listed(open.sort())}`,
    mend: `chmod -R go= ${folder.path}; if others were on this machine, rotate: ledger keys rotate`,
  });
}

function firstStart(files: readonly File[]): readonly Check[] {
  if (!files.some(({ name }) => name === FIRST_START)) return [];
  return [
    warning('first-start', {
      seen: 'a first start is under way, or was interrupted',
      mend: 'start a server: it goes on where that one was',
    }),
  ];
}

function adminToken({ folder }: Patient, files: readonly File[]): readonly Check[] {
  if (!files.some(({ name }) => name === ADMIN_TOKEN)) return [];
  return [
    advice('admin-token', {
      seen: `the first admin token still lies in ${folder.adminToken}`,
      mend:
        'make tokens for people and programs, delete the file, and revoke that token: ' +
        'ledger token list, ledger token revoke ID',
    }),
  ];
}
