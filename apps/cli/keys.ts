import type { KekStatus } from '#vault';
import type { Command } from 'commander';

import { KeyEpochs } from '../composition/key-epochs.js';
import { EXITS_HELP } from './exits.js';
import { progressBar } from './import/progress.js';
import type { Session } from './session.js';

interface Options {
  readonly json?: boolean;
}

/** `ledger keys status|rotate` */
export function addKeys(program: Command, session: Session): void {
  const keys = program
    .command('keys')
    .description('Key-encryption keys (KEKs): their epochs and their rotation.')
    .addHelpText('after', EXITS_HELP);
  keys
    .command('status')
    .description('List KEKs; a backup of the vault opens as long as the KEK of its time is there.')
    .option('--json', 'a JSON array')
    .addHelpText('after', EXITS_HELP)
    .action((options: Options) => status(session, options));
  keys
    .command('rotate')
    .description('Make a new KEK now and rewrap every live key. Interrupted, it goes on.')
    .option('--json', 'one line of JSON')
    .addHelpText('after', EXITS_HELP)
    .action((options: Options) => rotate(session, options));
}

async function status(session: Session, options: Options): Promise<void> {
  const keks = await session.withLedger('keys', (ledger) =>
    ledger.stores.vault.rotation.kekStatus(),
  );
  if (options.json === true) {
    session.json(keks);
    return;
  }
  session.table([
    ['KEK', 'STATE', 'MADE', 'REPLACED', 'DUE TO GO', 'GONE', 'LIVE KEYS', 'OVERDUE'],
    ...keks.map((kek) => [
      kek.id,
      kek.state,
      kek.createdAt,
      kek.rotatedAt ?? '-',
      kek.dueAt ?? '-',
      kek.retiredAt ?? '-',
      String(kek.liveRows),
      kek.overdue ? 'yes' : 'no',
    ]),
  ]);
  for (const line of keks.map(opens)) session.say(line);
}

/** Which backups of the vault an epoch's key still opens. */
export function opens(kek: Omit<KekStatus, 'liveRows' | 'overdue'>): string {
  const span = `backups of the vault from ${kek.createdAt} to ${kek.rotatedAt ?? 'now'}`;
  switch (kek.state) {
    case 'current':
      return `${span}: can be opened`;
    case 'retiring':
      return `${span}: can be opened until ${kek.dueAt ?? 'the KEK is destroyed'}`;
    case 'retired':
      return `${span}: cannot be opened any more`;
    case 'unnamed':
      return `${kek.id}: the vault does not know this KEK; an interrupted rotation, or an old vault`;
  }
}

async function rotate(session: Session, options: Options): Promise<void> {
  await session.withLedger('keys', async (ledger) => {
    const before = await ledger.stores.vault.rotation.kekStatus();
    const live = before.reduce((sum, { liveRows }) => sum + liveRows, 0);
    const progress = progressBar(live, process.stderr);
    let rewrapped = 0;
    const kek = await new KeyEpochs(ledger).rotate((step) => {
      rewrapped += step.rewrapped;
      progress.update(rewrapped);
    });
    progress.stop();
    const replaced = (await ledger.stores.vault.rotation.kekStatus()).find(
      ({ id }) => id === before.find(({ state }) => state === 'current')?.id,
    );
    const dueAt = replaced?.dueAt;
    if (options.json === true) {
      session.json({ kek, rewrapped, oldKekDueAt: dueAt ?? null });
      return;
    }
    session.say(`new KEK ${kek}; ${String(rewrapped)} keys rewrapped`);
    if (dueAt !== undefined) session.say(`the old KEK is destroyed from ${dueAt} on`);
    session.say('take a fresh backup of the vault now, and of the secrets folder apart from it');
  });
}
