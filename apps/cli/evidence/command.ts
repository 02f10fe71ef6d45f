import type { Command } from 'commander';

import { EXITS_HELP } from '../exits.js';
import type { Session } from '../session.js';
import { addBundle } from './bundle.js';
import { addCheckpoint } from './checkpoint.js';
import { addDisclose } from './disclose.js';
import { addExport } from './export.js';
import { addReceipt } from './receipt.js';
import { addRotateKey } from './rotate-key.js';
import { addTimestamps } from './timestamps.js';
import { addVerify } from './verify.js';

/** `ledger evidence …` */
export function addEvidence(program: Command, session: Session): void {
  const evidence = program
    .command('evidence')
    .description('Proof that history was not altered: checkpoints, receipts, tiles.')
    .addHelpText('after', EXITS_HELP);
  const subcommands = [
    addCheckpoint,
    addReceipt,
    addExport,
    addBundle,
    addTimestamps,
    addRotateKey,
    addVerify,
    addDisclose,
  ];
  for (const add of subcommands) add(evidence, session);
}
