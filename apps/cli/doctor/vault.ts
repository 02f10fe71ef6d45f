import type { Lease, Living } from '#vault';

import { WORKS } from '../../composition/index.js';
import { absent } from './absent.js';
import type { Check } from './check.js';
import { advice, ok, warning } from './check.js';
import type { Patient } from './patient.js';
import { needed } from './patient.js';
import { listed, plural } from './texts.js';

/** What a process that does such work calls itself; commands come and go. */
const SERVER = 'server';

/** Whether the vault answers, and whose it is. */
export async function lookAtVault(patient: Patient): Promise<readonly Check[]> {
  const code = 'vault';
  const seen = await patient.vault();
  if (seen?.ledger === undefined) return [await absent(patient, code, 'vault')];
  return [ok(code, `of ledger ${seen.ledger}; names ${plural(seen.keks.length, 'KEK')}`)];
}

/** Which processes are there, and which of them does what. */
export async function lookAtProcesses(patient: Patient): Promise<readonly Check[]> {
  const { present, leases } = await needed('vault', patient.vault());
  return [processes(present), ...works(present, leases)];
}

function processes(present: readonly Living[]): Check {
  if (present.length === 0) {
    return advice('processes', {
      seen: 'no process is there: nobody answers, makes views, or erases what is due',
      mend: 'start a server, unless it is stopped on purpose',
    });
  }
  const shown = present.map(
    ({ process, what, until }) => `${what} ${short(process)} until ${until}`,
  );
  return ok('processes', `${plural(present.length, 'process', 'processes')}: ${listed(shown)}`);
}

function works(present: readonly Living[], leases: readonly Lease[]): readonly Check[] {
  const hasServer = present.some(({ what }) => what === SERVER);
  const named = [...new Set([...WORKS, ...leases.map(({ name }) => name)])];
  return named.flatMap((name) => {
    const held = leases.find((lease) => lease.name === name);
    if (held !== undefined) return [holder(held, present)];
    return hasServer ? [unheld(name)] : [];
  });
}

function holder({ name, holder: by, epoch, expiresAt }: Lease, present: readonly Living[]): Check {
  const what = present.find(({ process }) => process === by)?.what ?? 'a process that is gone';
  return ok(
    'lease',
    `held by ${what} ${short(by)}, epoch ${String(epoch)}, until ${expiresAt}`,
    name,
  );
}

function unheld(name: string): Check {
  return warning('lease-unheld', {
    of: name,
    seen: 'nobody does it, though servers are there',
    mend:
      'run the doctor again in ten seconds: after a death another takes it over; if not, start a ' +
      'server with ROLE=projector or all',
  });
}

/** Names of processes are random: their beginning tells them apart. */
function short(process: string): string {
  return process.slice(0, 8);
}
