import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const HYPERCORE = 'hypercore@11.39.5';

/** What hypercore does with blocks of the size of our events, each a second. */
export interface PeerRates {
  /** Appends, one after another, and 64 in flight. */
  readonly single: number;
  readonly group: number;
  readonly audit: number;
}

let measured: Promise<PeerRates | undefined> | undefined;

/**
 * Measures hypercore, a signed log with a Merkle tree of its own, in the run's folder. It is installed for
 * the run alone: nothing of ours needs its two hundred megabytes. Undefined where it cannot be had.
 */
export function measuredPeer(folder: string): Promise<PeerRates | undefined> {
  return (measured ??= measure(join(folder, 'hypercore')));
}

async function measure(folder: string): Promise<PeerRates | undefined> {
  try {
    await mkdir(folder);
    await writeFile(join(folder, 'package.json'), '{"private":true}');
    await run('npm', ['install', '--no-audit', '--no-fund', HYPERCORE], { cwd: folder });
    const program = fileURLToPath(new URL('./hypercore.js', import.meta.url));
    const { stdout } = await run(process.execPath, [program], { cwd: folder });
    return JSON.parse(stdout) as PeerRates;
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    process.stderr.write(`hypercore is left out: ${String(why)}\n`);
    return undefined;
  }
}
