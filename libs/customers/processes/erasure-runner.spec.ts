import { describe, expect, it } from '@jest/globals';

import type { SubjectId } from '#kernel';
import { instantOf, Outage } from '#kernel';
import { MemoryViewsStore } from '#views/memory';

import {
  affiliation,
  asks,
  contact,
  day,
  granted,
  identity,
  INVOICE,
  OTHER_INVOICE,
  TestRegister,
  voucher,
} from '../testing/index.js';
import type { TestProcess } from '../testing/index.js';
import { ERASABLE } from '../vocabulary.js';
import { casesView, endingsView } from '../views/index.js';

const on = day('2026-02-01');

async function request(
  process: TestProcess,
  subject: SubjectId,
  categories: readonly (typeof ERASABLE)[number][] = ERASABLE,
) {
  const asked = { ground: 'objection', categories } as const;
  return granted(await process.commands.requestErasure(asks('officer'), subject, asked)).case;
}

/** A customer with an open invoice, who has asked to be erased. */
async function waiting() {
  const process = new TestRegister().open();
  const subject = await process.customer({ identity, contact, affiliation });
  const invoice = { invoice: INVOICE, voucher: voucher('2026-01-05') };
  await process.do({ do: 'open-invoice', subject, ...invoice });
  const number = await request(process, subject);
  await process.settle();
  return { process, subject, number };
}

async function keyStates(process: TestProcess, subject: SubjectId) {
  const keys = await process.register.vaultStore.vault.status(subject);
  return Object.fromEntries(keys.map(({ ref, state }) => [ref.category, state]));
}

async function typesAfter(process: TestProcess, work: () => Promise<unknown>) {
  const before = (await process.events()).length;
  await work();
  return (await process.events()).slice(before).map(({ type }) => type);
}

describe('an erasure that waits', () => {
  it('begins by itself when the last hold on it has ended', async () => {
    const { process, subject } = await waiting();
    expect(await keyStates(process, subject)).toEqual({
      identity: 'live',
      contact: 'live',
      affiliation: 'destroyed',
      orders: 'live',
    });
    await process.do({ do: 'settle-invoice', subject, invoice: INVOICE, on });
    expect(await typesAfter(process, () => process.settle())).toEqual([
      'ErasureStarted',
      'ErasureDeferred',
      'SubjectErased',
    ]);
    expect(await keyStates(process, subject)).toMatchObject({
      identity: 'destroyed',
      contact: 'destroyed',
      orders: 'live',
    });
  });

  it('begins by itself when its date is over, not a moment before', async () => {
    const { process, subject, number } = await waiting();
    await process.do({ do: 'settle-invoice', subject, invoice: INVOICE, on });
    await process.settle();
    process.clock.set(instantOf(Date.UTC(2032, 11, 31, 21, 59, 59, 999)));
    expect(await typesAfter(process, () => process.settle())).toEqual([]);
    process.clock.pass(1);
    expect(await typesAfter(process, () => process.settle())).toEqual([
      'ErasureStarted',
      'SubjectErased',
    ]);
    expect(await keyStates(process, subject)).toMatchObject({ orders: 'destroyed' });
    const found = await process.views.get(casesView, number);
    expect(found?.doc).toMatchObject({ status: 'erased', dueAt: null, waitingFor: [] });
  });

  it('begins also in a process that comes later, from views that were lost', async () => {
    const { process, subject } = await waiting();
    await process.do({ do: 'credit-invoice', subject, invoice: INVOICE, on });
    process.register.viewsStore = new MemoryViewsStore();
    const next = process.register.open();
    await next.settle();
    expect(await keyStates(next, subject)).toMatchObject({ identity: 'destroyed' });
  });

  it('does not begin once it is withdrawn', async () => {
    const { process, subject, number } = await waiting();
    await process.do({ do: 'withdraw-erasure', subject, case: number });
    await process.do({ do: 'settle-invoice', subject, invoice: INVOICE, on });
    expect(await typesAfter(process, () => process.settle())).toEqual([]);
    expect(await keyStates(process, subject)).toMatchObject({ identity: 'live' });
  });

  it('goes on for every linked entry as its own holds end', async () => {
    const process = new TestRegister().open();
    const [kept, absorbed] = [await process.customer(), await process.customer()];
    granted(await process.commands.merge(asks(), kept, absorbed));
    for (const [subject, invoice] of [
      [kept, INVOICE],
      [absorbed, OTHER_INVOICE],
    ] as const) {
      const opened = { subject, invoice, voucher: voucher('2026-01-05') };
      await process.do({ do: 'open-invoice', ...opened });
    }
    const number = await request(process, kept, ['identity']);
    await process.do({ do: 'settle-invoice', subject: kept, invoice: INVOICE, on });
    await process.settle();
    expect(await keyStates(process, kept)).toMatchObject({ identity: 'destroyed' });
    expect(await keyStates(process, absorbed)).toMatchObject({ identity: 'live' });
    const { status, waitingFor } = (await process.views.get(casesView, number))?.doc ?? {};
    expect([status, waitingFor]).toEqual(['waiting', [absorbed]]);
    await process.do({ do: 'settle-invoice', subject: absorbed, invoice: OTHER_INVOICE, on });
    await process.settle();
    expect(await keyStates(process, absorbed)).toMatchObject({ identity: 'destroyed' });
    expect((await process.views.get(casesView, number))?.doc.status).toBe('erased');
  });
});

describe('a case of a linked set', () => {
  it('is done when all is erased, also where one entry had nothing of it', async () => {
    const process = new TestRegister().open();
    const [kept, absorbed] = [await process.customer({ contact }), await process.customer()];
    granted(await process.commands.merge(asks(), kept, absorbed));
    const number = await request(process, absorbed, ['contact']);
    await process.settle();
    const doc = (await process.views.get(casesView, number))?.doc;
    expect(doc?.status).toBe('erased');
    expect(doc?.parts.map(({ status }) => status)).toEqual(['open', 'erased']);
  });

  it('for which nobody has anything to erase is open until it is answered', async () => {
    const process = new TestRegister().open();
    const subject = await process.customer();
    const number = await request(process, subject, ['orders']);
    await process.settle();
    expect((await process.views.get(casesView, number))?.doc.status).toBe('open');
    await process.do({ do: 'close-case', subject, case: number });
    await process.settle();
    expect((await process.views.get(casesView, number))?.doc.closed).toBe(true);
  });
});

describe('a round', () => {
  it('over nothing new does nothing', async () => {
    const { process } = await waiting();
    const appends = process.log.appends;
    for (let round = 0; round < 3; round++) expect(await process.runner.round()).toBe(0);
    expect(process.log.appends).toBe(appends);
  });

  it('is not made due by what ends no hold of the case', async () => {
    const process = new TestRegister().open();
    const subject = await process.customer({ identity, contact, affiliation });
    const organisation = await process.customer();
    await process.do({ do: 'start-contact-role', subject, organisation, affiliation, on });
    const opened = { subject, invoice: INVOICE, voucher: voucher('2026-01-05') };
    await process.do({ do: 'open-invoice', ...opened });
    await process.do({ do: 'start-collection', subject, invoice: INVOICE, on });
    await request(process, subject, ['affiliation']);
    await process.do({ do: 'settle-invoice', subject, invoice: INVOICE, on });
    await process.do({ do: 'end-collection', subject, invoice: INVOICE, on });
    await process.project();
    expect(await process.runner.beginDue()).toBe(0);
    await process.do({ do: 'end-contact-role', subject, organisation, on });
    await process.project();
    expect(await process.runner.beginDue()).toBe(1);
  });

  it('is not made due by the end of a hold that came after the case was weighed', async () => {
    const { process, subject } = await waiting();
    const later = { subject, invoice: OTHER_INVOICE, voucher: voucher('2026-01-06') };
    await process.do({ do: 'open-invoice', ...later });
    await process.do({ do: 'settle-invoice', subject, invoice: OTHER_INVOICE, on });
    await process.project();
    expect(await process.runner.beginDue()).toBe(0);
  });

  it('weighs again what is due until nothing is: each end of a hold once', async () => {
    const { process, subject } = await waiting();
    await process.do({ do: 'start-collection', subject, invoice: INVOICE, on });
    await process.do({ do: 'settle-invoice', subject, invoice: INVOICE, on });
    expect(await typesAfter(process, () => process.settle())).toEqual(['ErasureDeferred']);
    await process.do({ do: 'end-collection', subject, invoice: INVOICE, on });
    expect(await typesAfter(process, () => process.settle())).toContain('ErasureStarted');
    expect(await process.runner.round()).toBe(0);
  });

  it('by two processes on views that lag begins once', async () => {
    const { process, subject } = await waiting();
    await process.do({ do: 'settle-invoice', subject, invoice: INVOICE, on });
    await process.project();
    const other = process.register.open();
    await Promise.all([process.runner.beginDue(), other.runner.beginDue()]);
    await process.runner.beginDue();
    const started = (await process.events()).filter(({ type }) => type === 'ErasureStarted');
    expect(started).toHaveLength(2);
  });

  it('on views that lag behind an erasure that is done changes nothing', async () => {
    const { process, subject } = await waiting();
    await process.do({ do: 'settle-invoice', subject, invoice: INVOICE, on });
    await process.project();
    await process.runner.beginDue();
    const started = (await process.events()).findLast(({ type }) => type === 'ErasureStarted');
    if (started === undefined) throw new Error('nothing has begun');
    await process.project();
    await process.shredder.finish(started.stream, started.revision);
    // The views do not know that it is done.
    expect(await process.views.count(endingsView, {})).toBe(1);
    expect(await typesAfter(process, () => process.runner.finishEndings())).toEqual([]);
  });

  it('goes on with the others where one cannot be done, and says so', async () => {
    const process = new TestRegister().open();
    const [one, other] = [await process.customer(), await process.customer()];
    for (const subject of [one, other]) await request(process, subject, ['identity']);
    await process.project();
    const { vault } = process.register.vaultStore;
    const fence = vault.fence.bind(vault);
    vault.fence = async (subject, scopes, by) => {
      if (subject === one) throw new Outage('vault', 'does not answer');
      await fence(subject, scopes, by);
    };
    await process.runner.round();
    expect(process.problems).toEqual(['vault: does not answer']);
    expect(await keyStates(process, other)).toMatchObject({ identity: 'destroyed' });
    expect(await keyStates(process, one)).toMatchObject({ identity: 'live' });
    vault.fence = fence;
    await process.settle();
    expect(await keyStates(process, one)).toMatchObject({ identity: 'destroyed' });
  });

  it('waits once for the caches of others, however many erasures there are', async () => {
    const process = new TestRegister().open();
    const subjects = [await process.customer(), await process.customer(), await process.customer()];
    for (const subject of subjects) await request(process, subject, ['identity']);
    await process.project();
    const { presence } = process.register.vaultStore;
    await presence.beat('other', 'server', 60_000);
    const from = process.clock.now();
    process.pause = async (millis) => {
      process.clock.set(instantOf(Date.parse(from) + millis));
    };
    await process.runner.round();
    expect(process.clock.now()).toBe(instantOf(Date.parse(from) + 60_000));
    for (const subject of subjects) {
      expect(await keyStates(process, subject)).toMatchObject({ identity: 'destroyed' });
    }
  });

  it('of one waits not for that of another who was there before', async () => {
    const process = new TestRegister().open();
    const one = await process.customer();
    await request(process, one, ['identity']);
    await process.project();
    const { presence } = process.register.vaultStore;
    await presence.beat('other', 'server', 60_000);
    let pauses = 0;
    let goOn: () => void = () => undefined;
    process.pause = () => {
      pauses += 1;
      return new Promise((resolve) => {
        goOn = resolve;
      });
    };
    await process.runner.begin();
    while (pauses === 0) await new Promise(setImmediate);
    await presence.leave('other');

    const other = await process.customer();
    await request(process, other, ['identity']);
    await process.project();
    await process.runner.begin();
    const isDestroyed = async () => (await keyStates(process, other)).identity === 'destroyed';
    while (!(await isDestroyed())) await new Promise(setImmediate);
    expect(await keyStates(process, one)).toMatchObject({ identity: 'fenced' });
    goOn();
    await process.runner.settled();
    expect(await keyStates(process, one)).toMatchObject({ identity: 'destroyed' });
    expect([pauses, process.problems]).toEqual([1, []]);
  });
});
