import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { SubjectId } from '#kernel';
import { derivedId } from '#kernel';
import type { ViewDefinition } from '#views';
import { MemoryViewsStore } from '#views/memory';

import { customerStream } from '../ids.js';
import type { Step, TestProcess } from '../testing/index.js';
import { asks, CLAIMS, commandOf, granted, steps, TestRegister } from '../testing/index.js';
import { casesView, customersView, customerViews } from './index.js';

/** What is done next: a step in the life of one of three, and perhaps the views come up after it. */
interface Turn {
  readonly who: number;
  readonly step: Step;
  readonly then: 'nothing' | 'project' | 'round';
}

const turns: fc.Arbitrary<readonly Turn[]> = fc.array(
  fc.record({
    who: fc.nat({ max: 2 }),
    step: steps,
    then: fc.constantFrom('nothing', 'nothing', 'nothing', 'project', 'round'),
  }),
  { maxLength: 80, size: 'max' },
);

async function live(process: TestProcess, life: readonly Turn[]): Promise<readonly SubjectId[]> {
  const subjects = [0, 1, 2].map((at) => derivedId<SubjectId>(process.register.ledger, String(at)));
  const registration: Step = { kind: 0, pick: 0, word: 'first' };
  const first = subjects.map((_, who): Turn => ({ who, step: registration, then: 'nothing' }));
  for (const { who, step, then } of [...first, ...life]) {
    const subject = subjects[who];
    if (subject === undefined) continue;
    const command = commandOf(step, subject, await process.stateOf(subject));
    // What the ledger alone does, it does by itself here.
    if (!LEDGERS_OWN.has(command.do)) {
      await process.commands.on(asks('officer', { purpose: CLAIMS }), command);
    }
    if (then !== 'nothing') await process.project();
    if (then === 'round') await process.runner.round();
  }
  await process.settle();
  return subjects;
}

const LEDGERS_OWN: ReadonlySet<string> = new Set(['complete-erasure', 'complete-ending']);

const DEFINITIONS: readonly ViewDefinition[] = customerViews;

/** All documents of all views; of search tokens, which differ by build, only how many. */
async function documents(process: TestProcess): Promise<unknown> {
  const found = await Promise.all(
    DEFINITIONS.map(async (view) => {
      const rows = await process.views.find(view, {}, { limit: 1000 });
      return [view.name, rows.map(({ id, doc, position }) => [id, doc, position])] as const;
    }),
  );
  return JSON.parse(JSON.stringify(found), (name, value: unknown) =>
    name === 'tokens' ? counted(value) : value,
  );
}

function counted(tokens: unknown): unknown {
  return Object.entries(tokens ?? {}).map(([field, list]) => [
    field,
    Array.isArray(list) ? list.length : 0,
  ]);
}

describe('the views', () => {
  it('equal a fold from zero, however the events came to them', async () => {
    await fc.assert(
      fc.asyncProperty(turns, async (life) => {
        const process = new TestRegister().open();
        await live(process, life);
        const before = await documents(process);
        process.register.viewsStore = new MemoryViewsStore();
        const rebuilt = process.register.open();
        await rebuilt.project();
        expect(await documents(rebuilt)).toEqual(before);
      }),
      { numRuns: 15 },
    );
  });

  it('say of a customer what decisions rest on', async () => {
    await fc.assert(
      fc.asyncProperty(turns, async (life) => {
        const process = new TestRegister().open();
        for (const subject of await live(process, life)) {
          const state = await process.stateOf(subject);
          expect(await process.register.open().stateOf(subject)).toEqual(state);
          const revision = await process.handler.look(
            customerStream(subject),
            (fold) => fold.revision,
          );
          const doc = (await process.views.get(customersView, subject))?.doc;
          const waiting = Object.entries(state.cases).flatMap(([number, { waits }]) =>
            waits.length > 0 ? [number] : [],
          );
          expect(doc).toMatchObject({
            category: state.category,
            revision,
            restricted: state.restriction !== undefined,
            restrictionGround: state.restriction ?? null,
            ended: state.endedOn ?? null,
            waiting: waiting.length > 0,
          });
          expect(doc?.waitingCases.toSorted()).toEqual(waiting.toSorted());
          expect(doc?.forbidden.toSorted()).toEqual(state.forbidden.toSorted());
          expect(doc?.roles.toSorted()).toEqual(state.roles.toSorted());
          for (const [category, { envelope }] of Object.entries(doc?.values ?? {})) {
            expect(state.keys[envelope.category]?.[envelope.scope]).toEqual({
              key: envelope.key,
              state: 'live',
            });
            expect(envelope.category).toBe(category);
          }
        }
      }),
      { numRuns: 15 },
    );
  });

  it('hold no envelope and no token of what an erasure has begun with', async () => {
    const process = new TestRegister().open();
    const subject = await process.customer({
      identity: { lastName: 'Mannerheimo' },
      contact: { email: 'm@example.fi' },
    });
    await process.project();
    const before = (await process.views.get(customersView, subject))?.doc;
    expect(Object.keys(before?.tokens ?? {})).toEqual(['identity', 'contact']);
    const asked = { ground: 'objection', categories: ['identity', 'contact'] } as const;
    const { case: number } = granted(
      await process.commands.requestErasure(asks('officer'), subject, asked),
    );
    await process.project();
    const doc = (await process.views.get(customersView, subject))?.doc;
    expect([doc?.values, doc?.tokens, doc?.erased]).toEqual([{}, {}, true]);
    expect((await process.views.get(casesView, number))?.doc.status).toBe('erasing');
    const all = JSON.stringify(await documents(process));
    for (const token of Object.values(before?.tokens ?? {}).flat()) {
      expect(all).not.toContain(token);
    }
  });

  it('that are rebuilt after an erasure do not bring the person back, nor stop at them', async () => {
    const process = new TestRegister().open();
    const subject = await process.customer({ identity: { lastName: 'Mannerheimo' } });
    const asked = { ground: 'objection', categories: ['identity'] } as const;
    granted(await process.commands.requestErasure(asks('officer'), subject, asked));
    await process.settle();
    process.register.viewsStore = new MemoryViewsStore();
    const rebuilt = process.register.open();
    await rebuilt.project();
    const doc = (await rebuilt.views.get(customersView, subject))?.doc;
    expect([doc?.values, doc?.tokens, doc?.erased]).toEqual([{}, {}, true]);
    const found = await rebuilt.search.search(asks(), { name: 'manner' }, { limit: 5 });
    expect(found.count).toBe(0);
  });
});
