import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { CustomerState } from '#customers';
import { customerFold, ERASABLE, subjectOf, weigh } from '#customers';
import type { Step, TestProcess } from '#customers/testing';
import {
  asks,
  CLAIMS,
  commandOf,
  day,
  granted,
  NOW,
  steps,
  TestRegister,
} from '#customers/testing';
import type { Instant, RecordedEvent, SubjectId } from '#kernel';
import { derivedId, factOf, plusMillis } from '#kernel';

import type { Figures } from './register-fold.js';
import { RegisterFold } from './register-fold.js';

const MINUTE = 60_000;
const LEDGERS_OWN: ReadonlySet<string> = new Set(['complete-erasure', 'complete-ending']);

function figuresOf(events: readonly RecordedEvent[], at: Instant): Promise<Figures> {
  const fold = new RegisterFold(at);
  for (const event of events) fold.take(event);
  return fold.figures();
}

async function figuresNow(process: TestProcess): Promise<Figures> {
  return figuresOf(await process.events(), process.clock.now());
}

/** What the whole states of customers say, which decisions rest on. */
function byStates(events: readonly RecordedEvent[], at: Instant) {
  const states = new Map<SubjectId, CustomerState>();
  for (const event of events.filter(({ metadata }) => metadata.recordedAt <= at)) {
    const subject = subjectOf(event.stream);
    if (subject === undefined) continue;
    const { initial, evolve } = customerFold(subject);
    states.set(subject, evolve(states.get(subject) ?? initial(), factOf(event)));
  }
  const all = [...states.values()].filter(({ category }) => category !== undefined);
  const counted = (is: (state: CustomerState) => boolean) => all.filter(is).length;
  const holds = (state: CustomerState) =>
    weigh(state, ERASABLE, at).waits.flatMap((wait) => wait.holds.map(({ hold }) => hold));
  const holdsBy = (hold: string) => counted((state) => holds(state).some((one) => one === hold));
  const identity = (state: CustomerState) =>
    Object.values(state.keys.identity ?? {}).map((key) => key.state);
  return {
    customers: all.length,
    companies: counted(({ category }) => category === 'company'),
    absorbed: counted(({ absorbed }) => absorbed),
    restricted: counted(({ restriction }) => restriction !== undefined),
    held: counted((state) => holds(state).length > 0),
    byHold: {
      'open-invoice': holdsBy('open-invoice'),
      collection: holdsBy('collection'),
      'contact-person': holdsBy('contact-person'),
      statutory: holdsBy('statutory'),
    },
    erased: counted((state) => identity(state).every((key) => key === 'gone')),
  };
}

function inShort({ customers, restricted, held, erased }: Figures) {
  return {
    customers: customers.total,
    companies: customers.byCategory.company,
    absorbed: customers.absorbed,
    restricted,
    held: held.total,
    byHold: held.byHold,
    erased,
  };
}

/** Lives of three customers, a minute a step. */
async function live(process: TestProcess, life: readonly { who: number; step: Step }[]) {
  const subjects = [0, 1, 2].map((at) => derivedId<SubjectId>(process.register.ledger, String(at)));
  const first = subjects.map((_, who) => ({ who, step: { kind: 0, pick: who, word: 'x' } }));
  for (const { who, step } of [...first, ...life]) {
    const subject = subjects[who];
    if (subject === undefined) continue;
    const command = commandOf(step, subject, await process.stateOf(subject));
    process.clock.pass(MINUTE);
    if (LEDGERS_OWN.has(command.do)) {
      await process.project();
      await process.runner.round();
    } else {
      await process.commands.on(asks('officer', { purpose: CLAIMS }), command);
    }
  }
}

const lives = fc.array(fc.record({ who: fc.nat({ max: 2 }), step: steps }), {
  maxLength: 60,
  size: 'max',
});

describe('figures at an instant', () => {
  it('are those of an empty register before anything happened', async () => {
    expect(await figuresOf([], NOW)).toEqual({
      customers: {
        total: 0,
        byCategory: { company: 0, private: 0, 'public-administration': 0, 'non-profit': 0 },
        absorbed: 0,
      },
      restricted: 0,
      held: {
        total: 0,
        byHold: { 'open-invoice': 0, collection: 0, 'contact-person': 0, statutory: 0 },
      },
      erasing: 0,
      erased: 0,
      events: { total: 0, byType: {} },
    });
  });

  it('are what the states that decisions rest on say, whatever was done', async () => {
    await fc.assert(
      fc.asyncProperty(lives, fc.nat({ max: 65 }), async (life, minutes) => {
        const process = new TestRegister().open();
        await live(process, life);
        const events = await process.events();
        const then = plusMillis(NOW, minutes * MINUTE);
        for (const at of [then, process.clock.now()]) {
          expect(inShort(await figuresOf(events, at))).toEqual(byStates(events, at));
        }
      }),
      { numRuns: 30, endOnFailure: true },
    );
  });

  it('count an erasure from its start to its end', async () => {
    const process = new TestRegister().open();
    const person = await process.customer();
    await process.customer();
    const asked = { ground: 'objection', categories: ['identity'] } as const;
    granted(await process.commands.requestErasure(asks('officer'), person, asked));
    expect(await figuresNow(process)).toMatchObject({ erasing: 1, erased: 0 });
    await process.settle();
    expect(await figuresNow(process)).toMatchObject({
      customers: { total: 2 },
      erasing: 0,
      erased: 1,
      events: { byType: { CustomerRegistered: 2, SubjectErased: 1 } },
    });
  });

  it('say what was the case then, though it was taken back since', async () => {
    const process = new TestRegister().open();
    const subject = await process.customer();
    const voucher = { date: '2012-03-02', buyer: {}, total: '1', currency: 'EUR' };
    await process.do({ do: 'open-invoice', subject, invoice: subject, voucher });
    await process.do({ do: 'restrict', subject, ground: 'accuracy-contested' });
    const then = process.clock.now();
    process.clock.pass(MINUTE);
    await process.do({ do: 'lift-restriction', subject, toldAt: NOW });
    await process.do({ do: 'settle-invoice', subject, invoice: subject, on: day('2026-03-02') });
    const events = await process.events();
    expect(await figuresOf(events, then)).toMatchObject({ restricted: 1, held: { total: 1 } });
    expect(await figuresNow(process)).toMatchObject({ restricted: 0, held: { total: 0 } });
  });

  it('pass over what was recorded later, wherever it stands in the log', async () => {
    const process = new TestRegister().open();
    process.clock.pass(MINUTE);
    await process.customer();
    process.clock.pass(-MINUTE);
    await process.customer();
    const at = process.clock.now();
    expect(await figuresOf(await process.events(), at)).toMatchObject({ events: { total: 1 } });
  });
});
