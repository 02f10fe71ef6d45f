import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { IntegrityError } from '#kernel';
import type { Living } from '#vault';

import { Presence } from '../presence.js';
import type { Settings } from '../settings.js';
import type { VaultDatabase } from '../stores.js';

/** What a process is that moves a ledger, for people. */
const WHAT = 'migrate';
/** It has no keys, so it counts as gone a lease's time after its last beat. */
const POLL_MILLIS = 100;
/** A move that was killed is waited for; it may have beaten just before. */
const PATIENCE = 3;

/** Shows others that this process is at it, and works when it is seen that nobody else has the place open. */
export async function whileThere<T>(
  vault: VaultDatabase,
  { leaseMillis }: Pick<Settings, 'leaseMillis'>,
  onProblem: (code: string) => void,
  work: (assertAlone: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const process = randomUUID();
  const settings = { cacheMillis: leaseMillis };
  const shown = { settings, staleMillis: 0, what: WHAT, onProblem };
  const presence = new Presence(vault.presence, process, shown);
  await presence.begin();
  try {
    return await work(async () => {
      const others = await othersOf(vault, process, leaseMillis * PATIENCE);
      if (others.length === 0) return;
      const names = others.map(({ what, until }) => `${what} until ${until}`).join(', ');
      throw new IntegrityError('ledger-in-use', `others have the ledger open: ${names}`);
    });
  } finally {
    await presence.end();
  }
}

/** Others that have the ledger open. One that moves it is waited for, as long as it may be a dead one. */
async function othersOf(
  vault: VaultDatabase,
  process: string,
  patienceMillis: number,
): Promise<readonly Living[]> {
  for (let waited = 0; ; waited += POLL_MILLIS) {
    const others = await vault.presence.others(process);
    const isOver = others.some(({ what }) => what !== WHAT) || waited >= patienceMillis;
    if (others.length === 0 || isOver) return others;
    await pause(POLL_MILLIS);
  }
}
