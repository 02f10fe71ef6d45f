import type { Command } from 'commander';

import { backupLog, backupVault } from '../composition/index.js';
import { EXITS_HELP } from './exits.js';
import type { Session } from './session.js';

/** `ledger backup DIR` */
export function addBackup(program: Command, session: Session): void {
  program
    .command('backup')
    .description(
      'Copy log and vault while they are in use, apart from each other, each with its expiry. ' +
        'Key-encryption keys, anchor and signing key are NOT copied: back up the secrets folder apart.',
    )
    .argument('<DIR>', 'a new folder is made in it, named by the time')
    .option('--json', 'one line of JSON')
    .addHelpText('after', EXITS_HELP)
    .action((dir: string, options: { readonly json?: boolean }) =>
      backup(session, dir, options.json === true),
    );
}

async function backup(session: Session, dir: string, asJson: boolean): Promise<void> {
  const made = await session.withLedger('backup', async ({ id, stores, clock, settings }) => {
    const { backupMillis, secrets } = settings;
    const backup = { stores, ledger: id, into: dir, takenAt: clock.now(), backupMillis };
    // The log goes first: a key is durable before any event under it, so that the vault's later
    // copy has every key that the log's copy names.
    const log = await backupLog(backup);
    const vault = await backupVault(backup);
    return { log, vault: vault?.folder, vaultExpiresAt: vault?.expiresAt, secrets };
  });
  if (asJson) {
    session.json(made);
    return;
  }
  session.say(
    made.log === undefined
      ? 'log:   on EventStoreDB; back it up with its own tools, and keep it'
      : `log:   ${made.log} (keep it)`,
  );
  session.say(
    made.vault === undefined || made.vaultExpiresAt === undefined
      ? 'vault: on MongoDB; back it up with its own tools, and destroy each copy when it expires'
      : `vault: ${made.vault} (destroy it on ${made.vaultExpiresAt})`,
  );
  session.say(`not copied: the KEKs, anchor and signing key in ${made.secrets}`);
}
