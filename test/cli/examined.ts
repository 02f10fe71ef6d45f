import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';

import type { Check, Status } from '../../apps/cli/doctor/check.js';
import { runCli } from '../../apps/cli/program.js';
import { Session } from '../../apps/cli/session.js';
import { until } from '../faults/support/until.js';

type Environment = Readonly<Record<string, string>>;

/** What the doctor found of a ledger. */
export class Examined {
  private constructor(
    readonly code: number,
    /** All that was said, to people or to programs. */
    readonly said: string,
    readonly checks: readonly (Check & { readonly theme: string })[],
  ) {}

  static async of(environment: Environment): Promise<Examined> {
    const { code, said } = await told(['doctor', '--json'], environment);
    const { checks } = JSON.parse(said) as Pick<Examined, 'checks'>;
    return new Examined(code, said, checks);
  }

  /**
   * What it finds of a ledger that this process has had open: the engine lets go of the files of a
   * closed connection some time later, and until then what lies there is not read.
   */
  static async afterClosing(environment: Environment): Promise<Examined> {
    return until('the files to be let go of', async () => {
      const examined = await Examined.of(environment);
      const isHeld = examined.checks.some(({ seen }) => seen.includes('could not be read'));
      return isHeld ? undefined : examined;
    });
  }

  /** Codes and what they are about, of a status; sorted. */
  of(status: Status): readonly string[] {
    return this.checks
      .filter((check) => check.status === status)
      .map(({ code, of }) => (of === undefined ? code : `${code} ${of}`))
      .sort();
  }

  /** The checks of a code. */
  found(code: string): readonly Check[] {
    return this.checks.filter((check) => check.code === code);
  }
}

/** Runs the command line in this process. */
export async function told(
  args: readonly string[],
  environment: Environment,
): Promise<{ readonly code: number; readonly said: string }> {
  let said = '';
  const heard = new Writable({
    write: (chunk: Buffer, _, done) => {
      said += chunk.toString('utf8');
      done();
    },
  });
  const code = await runCli(args, new Session(environment, heard, heard));
  return { code, said };
}

/** All files and folders beneath a folder, with a hash of what files hold. */
export async function everythingIn(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const found: Record<string, string> = {};
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    found[path] = entry.isFile()
      ? createHash('sha256')
          .update(await readFile(path))
          .digest('base64url')
      : 'folder';
  }
  return found;
}
