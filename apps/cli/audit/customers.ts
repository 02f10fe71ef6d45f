import { Auditor, linkedIn } from '#evidence';
import type { EventLog } from '#event-log';
import type { RecordedEvent, SubjectId } from '#kernel';
import { refuse } from '#kernel';

import { Refused } from '../exits.js';
import type { Session } from '../session.js';

/** @throws Refused `customer-not-found` */
export async function assertKnown(log: EventLog, subject: SubjectId): Promise<void> {
  if (!(await new Auditor(log).knows(subject))) throw notFound();
}

/** That no event is of a customer. */
export function notFound(): Refused {
  return new Refused(refuse('not-found', 'customer-not-found', 'No event is of this customer.'));
}

/** Notes entries that are one with a customer, once each. */
export function noteLinked(session: Session, subject: SubjectId): (event: RecordedEvent) => void {
  const noted = new Set<SubjectId>();
  return (event) => {
    const other = linkedIn(event, subject);
    if (other === undefined || noted.has(other)) return;
    noted.add(other);
    session.note(`ledger: ${other} is one with this customer; ask for it too`);
  };
}
