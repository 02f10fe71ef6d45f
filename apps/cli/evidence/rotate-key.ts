import { nodeCryptography, vkeyOf } from '#evidence';
import { refuse } from '#kernel';
import type { Command } from 'commander';

import { EvidenceReader, signWhile } from '../../composition/index.js';
import { EXITS_HELP, Refused } from '../exits.js';
import type { Session } from '../session.js';

/** `ledger evidence rotate-key` */
export function addRotateKey(evidence: Command, session: Session): void {
  evidence
    .command('rotate-key')
    .description(
      'Sign with a new key from now on: the old one announces it in its last checkpoint, which both sign.',
    )
    .option('--json', 'one line of JSON')
    .addHelpText('after', EXITS_HELP)
    .action((options: { readonly json?: boolean }) => rotateKey(session, options.json === true));
}

async function rotateKey(session: Session, asJson: boolean): Promise<void> {
  await session.withLedger('evidence', async (ledger) => {
    const { keys } = ledger.evidence;
    const before = await vkeyOf(keys.notes.key, nodeCryptography);
    await keys.makeNext();
    const after = await signWhile(ledger, () => new EvidenceReader(ledger).keyAfter(before));
    if (after === undefined) {
      const detail = 'It was not announced in time, and will be as soon as the ledger signs again.';
      throw new Refused(refuse('conflict', 'not-signed-yet', detail));
    }
    if (asJson) session.json({ before, vkey: after });
    else session.say(`${before} -> ${after}`);
  });
}
