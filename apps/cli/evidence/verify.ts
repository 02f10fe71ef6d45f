import { auditCode } from '#evidence';
import { InvalidInput, systemClock } from '#kernel';
import type { Command } from 'commander';

import { readSettings } from '../../composition/index.js';
import { EXITS, EXITS_HELP, type Exit } from '../exits.js';
import { progressBar } from '../import/progress.js';
import type { Session } from '../session.js';
import { tellVerified, verifiedAsJson } from './verify-report.js';
import { verifyStore } from './verify-run.js';

interface Options {
  readonly from?: string;
  readonly log?: string;
  readonly vkey?: string;
  readonly witness?: readonly string[];
  readonly quorum?: number;
  readonly json?: boolean;
}

/** `ledger evidence verify` */
export function addVerify(evidence: Command, session: Session): void {
  evidence
    .command('verify')
    .description(
      'Hash every event anew as the store gives it, and hold the log to what was signed of it: its ' +
        'newest checkpoint, the anchor, a checkpoint that you kept. Only reads, also beside a server.',
    )
    .option('--from <FILE>', 'a checkpoint that you kept')
    .option('--log <FILE>', 'verify a copy of the embedded log alone, without the other stores')
    .option('--vkey <KEY>', "the ledger's public key; default: that of its secrets folder")
    .option('--witness <KEY...>', 'public keys of witnesses; default: those of the settings')
    .option(
      '--quorum <COUNT>',
      'how many of them must have cosigned a checkpoint; with --witness all, if left out',
      counted,
    )
    .option('--json', 'one line of JSON')
    .addHelpText('after', EXITS_HELP)
    .action((options: Options) => verify(session, options));
}

async function verify(session: Session, { json, witness, ...given }: Options): Promise<void> {
  const outcome = await verifyStore({
    ...given,
    ...(witness === undefined ? {} : { witnesses: witness }),
    settings: readSettings(session.environment),
    clock: systemClock,
    progress: (total) => progressBar(total, process.stderr, 'events'),
  });
  const code = auditCode(outcome.report.totals, outcome.report.faults);
  session.exit = exitOf(code);
  if (json === true) session.json(verifiedAsJson(outcome, code));
  else tellVerified(session, outcome);
}

function counted(text: string): number {
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new InvalidInput('--quorum', 'count', 'is a number from 1');
}

/** The name of a code in the table. */
function exitOf(code: number): Exit {
  const names = Object.keys(EXITS) as Exit[];
  return names.find((name) => EXITS[name].code === code) ?? 'defect';
}
