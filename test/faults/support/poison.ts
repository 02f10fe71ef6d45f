import type { EventLog } from '#event-log';
import { customerStream } from '#customers';
import type { CommandId, RecordedEvent, SubjectId } from '#kernel';
import { derivedId } from '#kernel';

import type { Ledger } from '../../../apps/composition/index.js';
import { accepted, asking } from './asking.js';
import type { Working } from './folder.js';
import type { Acknowledged } from './life.js';
import { until } from './until.js';

/** Registers a customer, then meets an event with an envelope that was copied from theirs. */
export async function meetPoison(
  { ledger }: Working,
  acknowledge: (done: Acknowledged) => void,
): Promise<void> {
  const registered = accepted(
    await ledger.commands.register(asking('register-before-poison'), {
      category: 'private',
      identity: { lastName: 'before' },
    }),
  );
  const [original] = registered.events;
  if (original === undefined) throw new Error('a registration has an event');
  acknowledge({ step: 'register-before-poison', events: [original.id] });
  await appendMoved(ledger.stores.log, original);
  await parkedOf(ledger);
  await ledger.projections.retry('customers');
  await parkedOf(ledger);
}

/** The stream that {@link appendMoved} writes to. */
export function strangerOf(original: RecordedEvent): SubjectId {
  return derivedId<SubjectId>(original.id, 'stranger');
}

/** Appends an event as an intruder would: another's envelope in a stream where it was not sealed. */
export async function appendMoved(log: EventLog, original: RecordedEvent): Promise<void> {
  const { type, data, metadata } = original;
  const id = derivedId<typeof original.id>(original.id, 'moved');
  const command = derivedId<CommandId>(original.id, 'moved-command');
  await log.append(customerStream(strangerOf(original)), 'no-stream', [
    { id, type, data, metadata: { ...metadata, command, correlation: command } },
  ]);
}

/** Waits until the register's view stands still before an event, and gives the reason. */
export async function parkedOf(ledger: Ledger): Promise<string> {
  return until('the view to be parked', async () => {
    const builds = await ledger.stores.views.builds();
    return builds.find(({ view }) => view === 'customers')?.parked?.reason;
  });
}
