import { describe, expect, it } from '@jest/globals';

import type { SubjectId } from '#kernel';

import type { CustomerCommand } from '../commands.js';
import { caseNumberOf } from '../ids.js';
import { asks, granted, NOW, TestRegister, voucher } from '../testing/index.js';
import type { TestProcess } from '../testing/index.js';

async function linked() {
  const process = new TestRegister().open();
  const [kept, absorbed] = [await process.customer(), await process.customer()];
  granted(await process.commands.merge(asks(), kept, absorbed));
  return { process, kept, absorbed };
}

const CASE = caseNumberOf('one');

/** Commands that one entry may be given alone, where whoever was asked died half-way. */
const HALVES: readonly ((subject: SubjectId) => CustomerCommand)[] = [
  (subject) => ({ do: 'restrict', subject, ground: 'objection-pending' }),
  (subject) => ({ do: 'forbid-use', subject, use: 'direct-marketing' }),
  (subject) => ({
    do: 'request-erasure',
    subject,
    case: CASE,
    ground: 'objection',
    categories: ['identity', 'orders'],
  }),
];

/** What the two sides of a linked set must have in common. */
async function sides(process: TestProcess, subjects: readonly SubjectId[]) {
  return Promise.all(
    subjects.map(async (subject) => {
      const { restriction, forbidden, cases } = await process.stateOf(subject);
      return { restriction, forbidden, cases: Object.keys(cases), status: cases[CASE]?.status };
    }),
  );
}

describe.each(HALVES.map((half) => [half('' as SubjectId).do, half] as const))(
  '%s on one entry',
  (_, half) => {
    it.each(['kept', 'absorbed'] as const)('(the %s one) is carried over', async (which) => {
      const { process, kept, absorbed } = await linked();
      await process.do(half(which === 'kept' ? kept : absorbed));
      await process.followLinks();
      const [one, other] = await sides(process, [kept, absorbed]);
      expect(other).toEqual(one);
      expect(one).not.toEqual({
        restriction: undefined,
        forbidden: [],
        cases: [],
        status: undefined,
      });
    });

    it('is carried over once, however often the log is followed', async () => {
      const { process, kept } = await linked();
      await process.do(half(kept));
      await process.followLinks();
      const before = await process.events();
      await process.followLinks();
      await process.register.open().followLinks();
      expect(await process.events()).toEqual(before);
    });
  },
);

describe('what is taken back on one entry', () => {
  it('is taken back on the other: restriction, ban, waiting erasure', async () => {
    const { process, kept, absorbed } = await linked();
    for (const subject of [kept, absorbed]) {
      await process.do({ do: 'open-invoice', subject, voucher: voucher('2026-01-05') });
    }
    for (const half of HALVES) await process.do(half(kept));
    await process.followLinks();
    await process.do({ do: 'lift-restriction', subject: absorbed, toldAt: NOW });
    await process.do({ do: 'allow-use', subject: absorbed, use: 'direct-marketing' });
    await process.do({ do: 'withdraw-erasure', subject: absorbed, case: CASE });
    await process.followLinks();
    const free = { restriction: undefined, forbidden: [], cases: [CASE], status: 'withdrawn' };
    expect(await sides(process, [kept, absorbed])).toEqual([free, free]);
  });

  it('is not carried over where it stands again', async () => {
    const { process, kept, absorbed } = await linked();
    await process.do({ do: 'restrict', subject: kept, ground: 'objection-pending' });
    await process.do({ do: 'lift-restriction', subject: kept, toldAt: NOW });
    await process.do({ do: 'restrict', subject: kept, ground: 'needed-for-claims' });
    await process.followLinks();
    expect(await sides(process, [kept, absorbed])).toMatchObject([
      { restriction: 'needed-for-claims' },
      { restriction: 'needed-for-claims' },
    ]);
  });

  it('does not come back as an echo of an older change', async () => {
    const { process, kept, absorbed } = await linked();
    const restrict = (subject: SubjectId, ground: 'objection-pending' | 'needed-for-claims') =>
      ({ do: 'restrict', subject, ground }) as const;
    granted(
      await process.commands.onLinked(asks('officer'), kept, (subject) =>
        restrict(subject, 'objection-pending'),
      ),
    );
    granted(
      await process.commands.onLinked(asks('officer'), kept, (subject) => ({
        do: 'lift-restriction',
        subject,
        toldAt: NOW,
      })),
    );
    // The process that was asked for this one dies before it comes to the other entry.
    await process.do(restrict(kept, 'needed-for-claims'));
    await process.followLinks();
    expect(await sides(process, [kept, absorbed])).toMatchObject([
      { restriction: 'needed-for-claims' },
      { restriction: 'needed-for-claims' },
    ]);
  });
});

describe('a merger that was interrupted', () => {
  it('is finished, whichever side had said it', async () => {
    for (const role of ['kept', 'absorbed'] as const) {
      const process = new TestRegister().open();
      const [one, other] = [await process.customer(), await process.customer()];
      await process.do({ do: 'merge', subject: one, with: other, role });
      await process.followLinks();
      expect((await process.stateOf(other)).linked).toEqual([one]);
      expect((await process.stateOf(other)).absorbed).toBe(role === 'kept');
    }
  });
});

describe('entries that become one', () => {
  it('have from then on what was restricted or forbidden on either', async () => {
    const process = new TestRegister().open();
    const [kept, absorbed] = [await process.customer(), await process.customer()];
    await process.do({ do: 'restrict', subject: absorbed, ground: 'objection-pending' });
    await process.do({ do: 'forbid-use', subject: absorbed, use: 'direct-marketing' });
    await process.do({ do: 'forbid-use', subject: kept, use: 'market-research' });
    granted(await process.commands.merge(asks(), kept, absorbed));
    await process.followLinks();
    for (const subject of [kept, absorbed]) {
      const { restriction, forbidden } = await process.stateOf(subject);
      expect(restriction).toBe('objection-pending');
      expect(forbidden.toSorted()).toEqual(['direct-marketing', 'market-research']);
    }
  });

  it('keep each its own ground where both are restricted', async () => {
    const process = new TestRegister().open();
    const [kept, absorbed] = [await process.customer(), await process.customer()];
    await process.do({ do: 'restrict', subject: absorbed, ground: 'objection-pending' });
    await process.do({ do: 'restrict', subject: kept, ground: 'needed-for-claims' });
    await process.followLinks();
    granted(await process.commands.merge(asks(), kept, absorbed));
    expect((await process.stateOf(kept)).restriction).toBe('needed-for-claims');
    expect((await process.stateOf(absorbed)).restriction).toBe('objection-pending');
  });

  it('share it with those that were linked before', async () => {
    const { process, kept, absorbed } = await linked();
    const third = await process.customer();
    await process.do({ do: 'forbid-use', subject: third, use: 'direct-marketing' });
    granted(await process.commands.merge(asks(), kept, third));
    await process.followLinks();
    expect((await process.stateOf(absorbed)).forbidden).toEqual(['direct-marketing']);
  });
});

describe('following', () => {
  it('comes again with an event where a store is out', async () => {
    const { process, kept, absorbed } = await linked();
    await process.do({ do: 'restrict', subject: kept, ground: 'objection-pending' });
    process.log.next('refuse');
    await expect(process.followLinks()).rejects.toThrow('disk full');
    await process.followLinks();
    expect((await process.stateOf(absorbed)).restriction).toBe('objection-pending');
  });

  it('passes over streams that are not of customers', async () => {
    const { process, kept } = await linked();
    const outcome = await process.do({
      do: 'restrict',
      subject: kept,
      ground: 'objection-pending',
    });
    const [event] = outcome.events;
    if (event === undefined) throw new Error('no event');
    const before = await process.events();
    await process.follower.follow({ ...event, stream: 'register' as typeof event.stream });
    expect(await process.events()).toEqual(before);
  });
});
