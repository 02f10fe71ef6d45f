import { describe, expect, it } from '@jest/globals';

import type { SubjectId } from '#kernel';
import { instantOf, isRefusal, millisOf, randomId, START } from '#kernel';

import {
  affiliation,
  asks,
  CLAIMS,
  contact,
  day,
  granted,
  identity,
  TestRegister,
  voucher,
} from '../testing/index.js';
import type { TestProcess } from '../testing/index.js';
import type { Caller } from './caller.js';
import { previewErasure } from './preview.js';

const on = day('2026-01-01');
const all = { after: START, limit: 100 };

/** Anna, and Acme for which she acts and orders. */
async function setUp() {
  const process = new TestRegister().open();
  const person = await process.customer({ identity, contact });
  const organisation = await process.customer({ identity: { organisationName: 'Acme' } });
  await process.do({ do: 'start-contact-role', subject: person, organisation, affiliation, on });
  granted(
    await process.commands.recordOrder(asks(), organisation, {
      voucher: voucher('2026-01-05'),
      placedBy: { customer: person, name: 'Anna K.' },
    }),
  );
  await process.project();
  return { process, person, organisation };
}

async function historyOf(process: TestProcess, id: SubjectId, caller: Caller = asks()) {
  return granted(await process.history.of(caller, id, all)).entries;
}

async function erase(
  process: TestProcess,
  subject: SubjectId,
  categories: readonly ('identity' | 'contact' | 'affiliation')[],
) {
  const asked = { ground: 'objection', categories } as const;
  const { case: number } = granted(
    await process.commands.requestErasure(asks('officer'), subject, asked),
  );
  await process.settle();
  return number;
}

const role = { state: 'withheld', why: 'role' };

describe('a history', () => {
  it('tells in order who did what, when, why and from what source', async () => {
    const { process, person } = await setUp();
    const entries = await historyOf(process, person);
    expect(entries.map(({ type }) => type)).toEqual([
      'CustomerRegistered',
      'ContactRoleStarted',
      'OrderRecorded',
    ]);
    expect(entries[0]).toMatchObject({
      actor: 'staff',
      purpose: 'customer-relationship',
      source: 'staff',
      at: process.clock.now(),
      revision: 0,
      data: { category: 'private', notice: 3 },
      values: [
        { category: 'identity', shown: { state: 'present', value: identity } },
        { category: 'contact', shown: { state: 'present', value: contact } },
      ],
    });
    expect(entries[0]?.data).not.toHaveProperty('sealed');
  });

  it('of nobody is not found', async () => {
    const { process } = await setUp();
    expect(isRefusal(await process.history.of(asks(), randomId(), all))).toBe(true);
  });

  it('comes in pages, and up to an instant', async () => {
    const { process, person } = await setUp();
    const until = process.clock.now();
    process.clock.pass(1000);
    await process.do({ do: 'forbid-use', subject: person, use: 'direct-marketing' });
    const types: string[] = [];
    let after = START;
    for (;;) {
      const page = granted(await process.history.of(asks(), person, { after, limit: 3 }));
      types.push(...page.entries.map(({ type }) => type));
      if (page.next === undefined) break;
      after = page.next;
    }
    expect(types).toEqual([
      'CustomerRegistered',
      'ContactRoleStarted',
      'OrderRecorded',
      'UseForbidden',
    ]);
    const before = granted(await process.history.of(asks(), person, { ...all, until }));
    expect(before.entries).toHaveLength(3);
  });

  it('of a linked set is one history', async () => {
    const { process, person } = await setUp();
    const other = await process.customer();
    granted(await process.commands.merge(asks(), other, person));
    await process.project();
    const [mine, theirs] = [await historyOf(process, person), await historyOf(process, other)];
    expect(mine.map(({ id }) => id)).toEqual(theirs.map(({ id }) => id));
    expect(mine.filter(({ type }) => type === 'CustomerRegistered')).toHaveLength(2);
  });

  it('lifts what was written in an older version', async () => {
    const { process, person } = await setUp();
    const stored = process.register.logStore.events[0];
    if (stored === undefined) throw new Error('nothing is stored');
    const [position, stream, revision, id, type, metadata, data] = stored;
    const old = [
      metadata.replace('"schema":2', '"schema":1'),
      data.replace('"notice":3,', '').replace('"private"', '"other-non-profit"'),
    ] as const;
    const older = [position, stream, revision, id, type, ...old] as const;
    process.register.logStore.events[0] = older;
    process.register.logStore.streams.get(stream)?.splice(0, 1, older);
    const [first] = await historyOf(process, person, asks('auditor'));
    expect(first?.data).toEqual({ category: 'non-profit', notice: 1 });
  });
});

describe('an order that a contact person placed', () => {
  it('stands in the history of both, each with their own values alone', async () => {
    const { process, person, organisation } = await setUp();
    const mine = (await historyOf(process, person)).at(-1);
    const theirs = (await historyOf(process, organisation)).at(-1);
    expect(mine?.id).toBe(theirs?.id);
    expect(mine?.values).toEqual([
      { subject: organisation, category: 'orders', shown: role },
      {
        subject: person,
        category: 'affiliation',
        shown: { state: 'present', value: { name: 'Anna K.' } },
      },
    ]);
    expect(theirs?.values).toEqual([
      {
        subject: organisation,
        category: 'orders',
        shown: { state: 'present', value: voucher('2026-01-05') },
      },
      { subject: person, category: 'affiliation', shown: role },
    ]);
  });

  it('loses the person and stays readable when the person is erased', async () => {
    const { process, person, organisation } = await setUp();
    await process.do({ do: 'end-contact-role', subject: person, organisation, on });
    const number = await erase(process, person, ['identity', 'contact', 'affiliation']);
    const order = (entries: Awaited<ReturnType<typeof historyOf>>) =>
      entries.find(({ type }) => type === 'OrderRecorded')?.values.map(({ shown }) => shown.state);
    expect(order(await historyOf(process, organisation))).toEqual(['present', 'withheld']);
    expect(order(await historyOf(process, person))).toEqual(['withheld', 'erased']);
    const receipt = (await historyOf(process, person)).find(({ type }) => type === 'SubjectErased');
    expect(receipt?.data).toMatchObject({ case: number });
  });

  it('loses the organisation’s part when that is erased, and not the person', async () => {
    const { process, person, organisation } = await setUp();
    await erase(process, organisation, ['identity']);
    const mine = await historyOf(process, person);
    expect(mine.at(-1)?.values.map(({ shown }) => shown.state)).toEqual(['withheld', 'present']);
    const theirs = await historyOf(process, organisation);
    expect(theirs[0]?.values[0]?.shown.state).toBe('erased');
  });
});

describe('values in a history', () => {
  it('are never for an auditor', async () => {
    const { process, person } = await setUp();
    const entries = await historyOf(process, person, asks('auditor', { purpose: CLAIMS }));
    const shown = entries.flatMap(({ values }) => values.map((value) => value.shown));
    expect(shown).toHaveLength(5);
    expect(shown.every(({ state }) => state === 'withheld')).toBe(true);
    expect(JSON.stringify(entries)).not.toMatch(/Anna|Köhler|Acme/);
  });

  it('follow today’s restriction', async () => {
    const { process, person } = await setUp();
    await process.do({ do: 'restrict', subject: person, ground: 'accuracy-contested' });
    await process.project();
    expect(await process.history.of(asks(), person, all)).toMatchObject({ code: 'restricted' });
    const claims = asks('staff', { purpose: CLAIMS });
    expect((await historyOf(process, person, claims))[0]?.values[0]?.shown.state).toBe('present');
  });

  it('are not shown any more once an erasure has begun, before the keys are gone', async () => {
    const { process, person, organisation } = await setUp();
    await process.do({ do: 'end-contact-role', subject: person, organisation, on });
    const asked = { ground: 'objection', categories: ['contact', 'affiliation'] } as const;
    granted(await process.commands.requestErasure(asks('officer'), person, asked));
    await process.project();
    const shown = (await historyOf(process, person)).flatMap(({ values }) =>
      values.map((value) => [value.subject === person && value.category, value.shown] as const),
    );
    const erasing = { state: 'withheld', why: 'erasing' };
    for (const [category, value] of shown) {
      if (category === 'contact' || category === 'affiliation') expect(value).toEqual(erasing);
    }
    const at = process.clock.now();
    const then = granted(await process.asOf.of(asks(), person, at));
    expect(then.values).toMatchObject({
      identity: { state: 'present' },
      contact: erasing,
      affiliation: erasing,
    });
  });
});

describe('a customer as of an instant', () => {
  async function changed() {
    const { process, person, organisation } = await setUp();
    const first = process.clock.now();
    process.clock.pass(60_000);
    await process.do({ do: 'update-contact', subject: person, changes: { phone: '1' } });
    await process.do({ do: 'end-contact-role', subject: person, organisation, on });
    await process.project();
    return { process, person, organisation, first };
  }

  it('is what the register had then', async () => {
    const { process, person, organisation, first } = await changed();
    const then = granted(await process.asOf.of(asks(), person, first));
    expect(then).toMatchObject({ at: first, revision: 1, state: { roles: [organisation] } });
    expect(then.values.contact).toEqual({ state: 'present', value: contact });
    expect(then.position).toBe((await process.events())[2]?.position);
    const now = granted(await process.asOf.of(asks(), person, process.clock.now()));
    expect(now).toMatchObject({ revision: 3, state: { roles: [] } });
    expect(now.values.contact).toEqual({ state: 'present', value: { ...contact, phone: '1' } });
  });

  it('was not there before it was registered', async () => {
    const { process, person, first } = await changed();
    const before = instantOf(millisOf(first) - 1);
    expect(await process.asOf.of(asks(), person, before)).toMatchObject({
      code: 'customer-not-found',
    });
    expect(await process.asOf.of(asks(), randomId(), first)).toMatchObject({
      code: 'customer-not-found',
    });
  });

  it('follows today’s erasures, restrictions and role', async () => {
    const { process, person, first } = await changed();
    const auditor = granted(await process.asOf.of(asks('auditor'), person, first));
    expect(auditor.values.contact).toEqual(role);
    await erase(process, person, ['contact']);
    const then = granted(await process.asOf.of(asks(), person, first));
    expect(then.values.contact?.state).toBe('erased');
    expect(then.values.identity?.state).toBe('present');
    await process.do({ do: 'restrict', subject: person, ground: 'accuracy-contested' });
    await process.project();
    expect(await process.asOf.of(asks(), person, first)).toMatchObject({ code: 'restricted' });
  });
});

describe('a preview', () => {
  it('says what would go and what waits on every linked entry, and writes nothing', async () => {
    const { process, person, organisation } = await setUp();
    const other = await process.customer();
    granted(await process.commands.merge(asks(), other, person));
    const before = await process.events();
    const preview = (subject: SubjectId) =>
      previewErasure(process.handler, process.commands, process.clock, subject, [
        'identity',
        'affiliation',
      ]);
    const hold = { hold: 'contact-person', organisation };
    expect(granted(await preview(person))).toMatchObject([
      {
        subject: person,
        weighed: {
          free: [],
          waits: [
            { category: 'identity', scope: 'g1', holds: [hold] },
            { category: 'affiliation', scope: 'g1', holds: [hold] },
          ],
        },
      },
      { subject: other, weighed: { free: [{ category: 'identity', scope: 'g1' }], waits: [] } },
    ]);
    expect(await process.events()).toEqual(before);
    const keys = await process.register.vaultStore.vault.status(person);
    expect(keys.every(({ state }) => state === 'live')).toBe(true);
    expect(await preview(randomId())).toMatchObject({ code: 'customer-not-found' });
  });
});
