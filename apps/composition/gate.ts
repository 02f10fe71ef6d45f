import { stepIdOf } from '#commands';
import type { CustomerHandler } from '#customers';
import { customerStream } from '#customers';
import type { Clock, EventId, KeyId, RecordedEvent, SubjectId } from '#kernel';
import { isRefusal, Outage } from '#kernel';
import type { GateReport, Remembered } from '#restore-gate';
import { passGate } from '#restore-gate';

import { notesUnder, onceUnderLease } from './leased.js';
import type { Settings } from './settings.js';
import type { Stores } from './stores.js';

type Opened = Stores & {
  readonly process: string;
  readonly clock: Clock;
  readonly handler: CustomerHandler;
  readonly settings: Pick<Settings, 'leaseMillis'>;
};

const GATE = 'restore-gate';
/** How many lease times the others have for their turns before this process gives up. */
const PATIENCE = 10;

/** Takes this process through step 3 of the restore gate; one process at a time repairs. */
export async function runGate(opened: Opened): Promise<GateReport> {
  const { leases, notes, vault } = opened.vault;
  const { process, settings } = opened;
  const leasing = { leases, holder: process, ttlMillis: settings.leaseMillis };
  return onceUnderLease(leasing, GATE, settings.leaseMillis * PATIENCE, (epoch) =>
    passGate({
      log: opened.log,
      vault,
      notes: notesUnder(notes, epoch),
      anchor: opened.anchor,
      clock: opened.clock,
      destroyedBy,
      isEnding: (subject, key) =>
        opened.handler.look(customerStream(subject), ({ state }) =>
          Object.values(state.endings).some(({ parts }) => parts.some((part) => part.key === key)),
        ),
      isKnownGone: (subject, key) =>
        opened.handler.look(customerStream(subject), ({ state }) =>
          Object.values(state.keys).every((scopes) =>
            Object.values(scopes).every((used) => used.key !== key || used.state === 'gone'),
          ),
        ),
      repeat: (subject, keys) => repeat(opened.handler, subject, keys),
    }),
  );
}

/** The events that tell of destroyed keys, as their own types have it. */
function destroyedBy(event: RecordedEvent): readonly { key: KeyId; by: EventId }[] {
  const { data, type } = event;
  const listed = (keys: unknown, by: unknown) =>
    (keys as readonly { key: KeyId }[]).map(({ key }) => ({ key, by: by as EventId }));
  switch (type) {
    case 'SubjectErased':
      return listed(data.keys, data.started);
    case 'KeysDestroyed':
      return listed(data.keys, data.cause);
    case 'ErasureRepeated':
      return listed(data.parts, data.first);
    default:
      return [];
  }
}

/** One event for each first destruction, under the id that its own step gives it. */
async function repeat(
  handler: CustomerHandler,
  subject: SubjectId,
  keys: readonly Remembered[],
): Promise<void> {
  const stream = customerStream(subject);
  for (const first of new Set(keys.map(({ by }) => by))) {
    const group = keys.filter(({ by }) => by === first);
    const ids = group.map(({ key }) => key);
    const outcome = await handler.handle({
      stream,
      id: stepIdOf(
        first,
        `repeat:${ids.toSorted().join(',')}:${String(await times(handler, stream))}`,
      ),
      command: {
        do: 'repeat-erasure',
        subject,
        keys: ids,
        knownBy: [...new Set(group.flatMap(({ knownBy }) => knownBy))],
        first,
      },
      content: { first },
      actor: 'ledger',
      purpose: 'data-subject-rights',
      source: 'ledger',
    });
    // A log put back from before a registration has nothing to repeat.
    if (isRefusal(outcome) && outcome.code !== 'customer-not-found') {
      throw new Outage('restore-gate', `a repair was refused: ${outcome.code}`);
    }
  }
}

/** A copy may be put back more than once; each time is a step of its own. */
function times(handler: CustomerHandler, stream: RecordedEvent['stream']): Promise<number> {
  return handler.look(stream, ({ revision }) => revision);
}
