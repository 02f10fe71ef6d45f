import type { Outcome } from '#commands';
import type { Asking } from '#customers';
import { customerStream } from '#customers';
import type { CommandId, Refusal, SubjectId } from '#kernel';
import { derivedId, isRefusal } from '#kernel';

import type { Ledger } from '../../../apps/composition/index.js';
import { until } from './until.js';

const SPACE = '2d7c8d5e-0c6e-4c39-9b6f-2f2f1b0c7a10' as CommandId;

/** A request whose Idempotency-Key follows from the name of the step: asked again, it is the same. */
export function asking(step: string): Asking {
  return {
    account: 'faults',
    role: 'officer',
    purpose: 'customer-register',
    source: 'staff',
    key: derivedId(SPACE, step),
  };
}

/** The outcome of what must not be refused. */
export function accepted<T>(outcome: T | Refusal): T {
  if (isRefusal(outcome)) throw new Error(`refused: ${outcome.code}`);
  return outcome;
}

/** Position of the last of several outcomes. */
export function positionOf(outcomes: readonly Outcome[]): Outcome['position'] {
  const [last] = outcomes
    .map(({ position }) => position)
    .toSorted()
    .toReversed();
  if (last === undefined) throw new Error('nothing happened');
  return last;
}

/** Waits until every ending of a customer is completed. */
export async function allEnded(ledger: Ledger, subject: SubjectId): Promise<void> {
  const stream = customerStream(subject);
  await until('an erasure to be finished', () =>
    ledger.handler.look(stream, ({ state }) => Object.keys(state.endings).length === 0),
  );
}

/** Waits until all views have seen all that is in the log. */
export async function viewsAtHead(ledger: Ledger): Promise<void> {
  await until('views to come to the end of the log', async () =>
    ledger.projections.waitForAll(await ledger.stores.log.head(), 100),
  );
}

/**
 * Waits until nothing more happens by itself: the first checkpoint is signed, of which the next comes
 * minutes later, and views have seen it. The ledger's processes run.
 */
export async function settled(ledger: Ledger): Promise<void> {
  const isSigned = async () => (await ledger.evidence.record.seen()).last !== undefined;
  await until('the first checkpoint', isSigned);
  await viewsAtHead(ledger);
}
