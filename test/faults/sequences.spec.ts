import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { stepIdOf } from '#commands';
import { customerDecider, customerStream, needsOf } from '#customers';
import type { Step } from '#customers/testing';
import { commandOf, steps } from '#customers/testing';
import type { EventId, RecordedEvent, SubjectId } from '#kernel';
import { factOf, randomId } from '#kernel';

import type { Ledger } from '../../apps/composition/index.js';
import { viewsAtHead } from './support/asking.js';
import { inFolder, whileWorking } from './support/folder.js';
import type { Working } from './support/folder.js';
import { eventsOf } from './support/people.js';
import { differingViews } from './support/folded.js';
import { until } from './support/until.js';

const LIMIT = 120_000;
const RUNS = 20;
const SIZE = 12;

/** Commands that the ledger gives to itself when a key is gone: a caller cannot give them. */
const OWN: ReadonlySet<string> = new Set([
  'complete-ending',
  'complete-erasure',
  'repeat-erasure',
  'record-key-lost',
]);

describe('any sequence of commands', () => {
  it(
    'folds to the same state in one go, in batches and after a restart; views are its fold',
    async () => {
      await inFolder(async (folder) => {
        const subjects: SubjectId[] = [];
        const states: unknown[] = [];
        await whileWorking(folder, async (working) => {
          await fc.assert(
            fc.asyncProperty(
              fc.array(steps, { minLength: 1, maxLength: SIZE }),
              async (sequence) => {
                const subject = randomId<SubjectId>();
                await carryOut(working, subject, sequence);
                const events = await eventsOf(working.ledger, subject);
                const state = await stateOf(working.ledger, subject);
                expect(foldedIn(working.ledger, subject, events, events.length)).toEqual(state);
                expect(foldedIn(working.ledger, subject, events, 3)).toEqual(state);
                subjects.push(subject);
                states.push(state);
              },
            ),
            { numRuns: RUNS },
          );
          await viewsAtHead(working.ledger);
          expect(await differingViews(working.ledger)).toEqual([]);
        });
        await whileWorking(folder, async ({ ledger }) => {
          const again = await Promise.all(subjects.map((subject) => stateOf(ledger, subject)));
          expect(again).toEqual(states);
          expect(await differingViews(ledger)).toEqual([]);
        });
      });
    },
    LIMIT,
  );
});

/** Asks for one step after another; what is refused is refused. Then the ledger comes to rest. */
async function carryOut(
  { ledger, processes }: Working,
  subject: SubjectId,
  sequence: readonly Step[],
): Promise<void> {
  const stream = customerStream(subject);
  for (const [at, step] of sequence.entries()) {
    const command = await ledger.handler.look(stream, ({ state }) =>
      commandOf(step, subject, state),
    );
    if (OWN.has(command.do)) continue;
    await ledger.handler.handle({
      stream,
      id: stepIdOf(subject as string as EventId, String(at)),
      command,
      content: { at },
      actor: 'faults',
      purpose: 'customer-register',
      source: 'staff',
      needs: needsOf(command).map((category) => ({ subject, category })),
    });
  }
  processes.nudge();
  await until('all endings to be finished', () =>
    ledger.handler.look(stream, ({ state }) => Object.keys(state.endings).length === 0),
  );
  await viewsAtHead(ledger);
}

function stateOf(ledger: Ledger, subject: SubjectId): Promise<unknown> {
  return ledger.handler.look(customerStream(subject), ({ state }) => structuredClone(state));
}

/** The state after the events, handed over as plain data after each batch, as a snapshot is. */
function foldedIn(
  ledger: Ledger,
  subject: SubjectId,
  events: readonly RecordedEvent[],
  batch: number,
): unknown {
  const decider = customerDecider(subject, ledger.policy);
  let state = decider.initial();
  events.forEach((event, at) => {
    state = decider.evolve(state, factOf(ledger.upcasters.lift(event)));
    if (at % batch === batch - 1) state = structuredClone(state);
  });
  return state;
}
