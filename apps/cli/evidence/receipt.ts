import type { ReceiptFound } from '#evidence';
import type { EventId } from '#kernel';
import { refuse, uuidAs } from '#kernel';
import type { Command } from 'commander';

import { EvidenceReader, signWhile } from '../../composition/index.js';
import { EXITS_HELP, Refused } from '../exits.js';
import type { Session } from '../session.js';

/** `ledger evidence receipt` */
export function addReceipt(evidence: Command, session: Session): void {
  evidence
    .command('receipt')
    .argument('<EVENT>', 'id of the event')
    .description('Print the proof that an event is in the signed log (c2sp.org/tlog-proof).')
    .addHelpText('after', EXITS_HELP)
    .action((event: string) => receipt(session, uuidAs<EventId>(event, 'EVENT')));
}

async function receipt(session: Session, event: EventId): Promise<void> {
  const found = await session.withLedger('evidence', (ledger) =>
    signWhile(ledger, () => new EvidenceReader(ledger).receipt(event, true)),
  );
  await session.write(receiptIn(found));
}

function receiptIn(found: ReceiptFound): string {
  switch (found.found) {
    case 'receipt':
      return found.receipt;
    case 'unsigned':
      throw new Refused(
        refuse('conflict', 'not-signed-yet', 'No checkpoint covers the event yet.'),
      );
    case 'nothing':
      throw new Refused(refuse('not-found', 'receipt-not-found', 'There is no event of this id.'));
  }
}
