import type { Caller, ShownValue } from '#customers';
import { customerStream } from '#customers';
import type { Category, RecordedEvent, SubjectId } from '#kernel';
import { isRefusal } from '#kernel';

import type { Ledger } from '../../../apps/composition/index.js';
import { accepted, allEnded, asking } from './asking.js';
import type { Working } from './folder.js';
import { allEvents } from './survey.js';

const READER: Caller = {
  account: 'faults',
  role: 'officer',
  purpose: 'customer-register',
  source: 'staff',
};

/** Registers somebody of that name; the same name is the same person. */
export async function register(
  ledger: Ledger,
  name: string,
  customerNumber?: string,
): Promise<SubjectId> {
  const number = customerNumber === undefined ? {} : { customerNumber };
  const { subject } = accepted(
    await ledger.commands.register(asking(`register-${name}`), {
      category: 'private',
      identity: { lastName: name, ...number },
      contact: { email: `${name}@example.fi` },
      affiliation: { organisation: 'Oy Ab' },
    }),
  );
  return subject;
}

/** Asks for an erasure of everything. */
export async function askErasure(working: Working, subject: SubjectId): Promise<void> {
  const { commands } = working.ledger;
  accepted(
    await commands.requestErasure(asking(`erase-${subject}`), subject, {
      ground: 'consent-withdrawn',
      categories: ['identity', 'affiliation', 'contact', 'orders'],
    }),
  );
  working.processes.nudge();
}

/** Erases somebody, to the receipt. */
export async function erase(working: Working, subject: SubjectId): Promise<void> {
  await askErasure(working, subject);
  await allEnded(working.ledger, subject);
}

/** What reading says of a person's values, by category: `present`, `erased`, or why withheld. */
export async function readingOf(
  ledger: Ledger,
  subject: SubjectId,
): Promise<Readonly<Partial<Record<Category, string>>>> {
  const shown = await ledger.reading.read(READER, subject);
  if (isRefusal(shown)) throw new Error(`refused: ${shown.code}`);
  const values = Object.entries(shown[0]?.values ?? {});
  return Object.fromEntries(values.map(([category, value]) => [category, wordOf(value)]));
}

function wordOf(value: ShownValue): string {
  return value.state === 'withheld' ? value.why : value.state;
}

/** All of one word, for {@link readingOf}. */
export function all(word: string) {
  return { identity: word, affiliation: word, contact: word };
}

/** The events of a person, in their order. */
export async function eventsOf(
  ledger: Ledger,
  subject: SubjectId,
): Promise<readonly RecordedEvent[]> {
  const stream = customerStream(subject);
  return (await allEvents(ledger.stores.log)).filter((event) => event.stream === stream);
}

/** Their types. */
export async function typesOf(ledger: Ledger, subject: SubjectId): Promise<readonly string[]> {
  return (await eventsOf(ledger, subject)).map(({ type }) => type);
}
