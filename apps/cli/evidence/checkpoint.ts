import { refuse } from '#kernel';
import type { Command } from 'commander';

import { EvidenceReader, signWhile } from '../../composition/index.js';
import { EXITS_HELP, Refused } from '../exits.js';
import type { Session } from '../session.js';

/** `ledger evidence checkpoint` */
export function addCheckpoint(evidence: Command, session: Session): void {
  evidence
    .command('checkpoint')
    .description(
      'Sign what has happened so far, if there is something new, and print the checkpoint.',
    )
    .option('--json', 'one line of JSON')
    .addHelpText('after', EXITS_HELP)
    .action((options: { readonly json?: boolean }) => checkpoint(session, options.json === true));
}

async function checkpoint(session: Session, asJson: boolean): Promise<void> {
  await session.withLedger('evidence', (ledger) =>
    signWhile(ledger, async () => {
      const reader = new EvidenceReader(ledger);
      const note = await reader.signNow();
      const status = await reader.status();
      if (status.halted !== null) {
        throw new Refused(
          refuse('conflict', status.halted, 'Nothing is signed any more: verify the log.'),
        );
      }
      if (note === undefined) {
        throw new Refused(
          refuse('conflict', 'not-signed-yet', 'It was not signed in time: run it again.'),
        );
      }
      if (asJson) session.json({ ...status, note });
      else await session.write(note);
    }),
  );
}
