import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';

import type { Instant } from '#kernel';
import { errorCode, InvalidInput, plusMillis } from '#kernel';
import type { Command } from 'commander';

import { FILES } from '../composition/index.js';
import { EXITS_HELP } from './exits.js';
import type { Session } from './session.js';

const OWNER_ONLY = 0o700;
const OWNER_FILE = 0o600;

/** What stands beside a copy. */
interface Label {
  readonly what: 'event-log' | 'vault';
  readonly ledger: string;
  readonly takenAt: Instant;
  /** After it the copy must be destroyed; null: keep it for ever. */
  readonly expiresAt: Instant | null;
  readonly says: string;
}

const SAYS = {
  'event-log': 'Keep it: the log is the ledger. It holds personal data as ciphertext alone.',
  vault:
    'Destroy it when it expires: it holds keys of people who may have been erased since. ' +
    'The KEKs are not in it; without them it opens nothing.',
} as const;

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
  const made = await session.withLedger('backup', async (ledger) => {
    const { log, vault } = ledger.stores;
    const takenAt = ledger.clock.now();
    const folder = join(dir, takenAt.replaceAll(':', ''));
    const expiresAt = plusMillis(takenAt, ledger.settings.backupMillis);
    const parts = { log: join(folder, 'log'), vault: join(folder, 'vault') };
    for (const path of Object.values(parts)) await makeFolder(path);
    // The log goes first: a key is durable before any event under it, so that the vault's later
    // copy has every key that the log's copy names.
    await log.backup(join(parts.log, FILES.log));
    await vault.backup(join(parts.vault, FILES.vault));
    const base = { ledger: ledger.id, takenAt };
    await writeLabel(parts.vault, { what: 'vault', ...base, expiresAt, says: SAYS.vault });
    const kept = { expiresAt: null, says: SAYS['event-log'] };
    await writeLabel(parts.log, { what: 'event-log', ...base, ...kept });
    return { ...parts, vaultExpiresAt: expiresAt, secrets: ledger.settings.secrets };
  });
  if (asJson) {
    session.json(made);
    return;
  }
  session.say(`log:   ${made.log} (keep it)`);
  session.say(`vault: ${made.vault} (destroy it on ${made.vaultExpiresAt})`);
  session.say(`not copied: the KEKs, anchor and signing key in ${made.secrets}`);
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: OWNER_ONLY });
  } catch (error) {
    const code = errorCode(error) ?? 'unknown';
    throw new InvalidInput('DIR', 'unwritable', `cannot be made (${code})`);
  }
}

async function writeLabel(folder: string, label: Label): Promise<void> {
  const file = await open(join(folder, 'backup.json'), 'wx', OWNER_FILE);
  try {
    await file.writeFile(`${JSON.stringify(label, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}
