import { writeSync } from 'node:fs';
import { join } from 'node:path';

import { setFaultProbe } from '#kernel';

import { whileWorking } from './support/folder.js';
import { Life } from './support/life.js';
import { meetPoison } from './support/poison.js';

/**
 * Works on a folder until it is done, or until it reaches a named fault point for the n-th time:
 * then the process ends as if the power had failed. Each line that it writes is a JSON object.
 *
 * Arguments: folder, `life` or `poison`, fault point (`-` for none), n.
 */
const [folder = '', script = '', point = '-', count = '1'] = process.argv.slice(2);
/** To sign takes a second: a life that ends elsewhere does without. */
const SIGNS = /^(-|checkpoint\.|evidence\.)/;
const reached: Record<string, number> = {};

setFaultProbe((name) => {
  const times = (reached[name] ?? 0) + 1;
  reached[name] = times;
  if (name === point && times === Number(count)) process.kill(process.pid, 'SIGKILL');
});

function say(line: object): void {
  writeSync(process.stdout.fd, `${JSON.stringify(line)}\n`);
}

await whileWorking(
  folder,
  async (working) => {
    say({ gate: working.ledger.gate });
    if (script === 'poison') await meetPoison(working, say);
    else await new Life(folder, working, say, SIGNS.test(point)).live();
    say({ defects: working.problems.filter((code) => code.startsWith('defect')) });
  },
  { more: { LEDGER_BACKUP_MS: '0', LEDGER_BACKUP: join(folder, 'backups') } },
);
say({ reached });
