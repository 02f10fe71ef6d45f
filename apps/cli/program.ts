import { Command, CommanderError } from 'commander';

import { addAudit } from './audit/command.js';
import { addBackup } from './backup.js';
import { addConfig } from './config.js';
import { addDemo } from './demo/command.js';
import { addDoctor } from './doctor/command.js';
import { addErasures } from './erasures.js';
import { addEvidence } from './evidence/command.js';
import { EXITS, EXITS_HELP, failureOf } from './exits.js';
import { addImport } from './import/command.js';
import { addKeys } from './keys.js';
import { addMigrate } from './migrate/command.js';
import { addReplay } from './replay.js';
import type { Session } from './session.js';
import { addSetup } from './setup/command.js';
import { addToken } from './token.js';
import { addViews } from './views.js';
import { addWitness } from './witness/command.js';

/** Runs one command. @returns its exit code */
export async function runCli(args: readonly string[], session: Session): Promise<number> {
  try {
    await programOf(session).parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXITS.usage.code;
    const failure = failureOf(error);
    session.exit = failure.exit;
    if (args.includes('--json')) session.json({ error: failure.code, message: failure.message });
    else session.note(`ledger: ${failure.message} (${failure.code})`);
  }
  return EXITS[session.exit].code;
}

function programOf(session: Session): Command {
  const program = new Command('ledger')
    .description('A privacy ledger for a customer register. Settings: ledger config.')
    .exitOverride()
    .showHelpAfterError()
    .addHelpText('after', EXITS_HELP);
  const commands = [
    addImport,
    addReplay,
    addAudit,
    addViews,
    addKeys,
    addToken,
    addBackup,
    addErasures,
    addEvidence,
    addConfig,
    addDoctor,
    addSetup,
    addDemo,
    addMigrate,
    addWitness,
  ];
  for (const add of commands) add(program, session);
  return program;
}
