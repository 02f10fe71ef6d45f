import { describe, expect, it } from '@jest/globals';

import type { SubjectId } from '#kernel';
import { isRefusal, randomId } from '#kernel';

import {
  affiliation,
  asks,
  contact,
  day,
  granted,
  identity,
  NOW,
  reply,
  TestRegister,
  voucher,
} from '../testing/index.js';
import type { TestProcess } from '../testing/index.js';

const on = day('2026-01-01');
const nobody = randomId<SubjectId>();

async function pair() {
  const process = new TestRegister().open();
  const [kept, absorbed] = [await process.customer(), await process.customer()];
  return { process, kept, absorbed };
}

async function linked() {
  const { process, kept, absorbed } = await pair();
  granted(await process.commands.merge(asks(), kept, absorbed));
  return { process, kept, absorbed };
}

async function typesOf(process: TestProcess): Promise<readonly string[]> {
  return (await process.events()).map(({ type }) => type);
}

describe('a registration', () => {
  it('founds a customer under an id of the ledger, the same for the same key', async () => {
    const process = new TestRegister().open();
    const asking = asks();
    const asked = { category: 'private' as const, identity, contact, affiliation };
    const first = granted(await process.commands.register(asking, asked));
    const other = granted(await process.register.open().commands.register(asking, asked));
    expect(other).toMatchObject({ subject: first.subject, repeated: true, events: first.events });
    const another = await process.commands.register(asks(), {
      ...asked,
      identity: { ...identity, customerNumber: 'A-200' },
    });
    expect(granted(another).subject).not.toBe(first.subject);
  });

  it('founds one customer where the answer was lost and others came in', async () => {
    const shared = new TestRegister();
    const [one, two] = [shared.open(), shared.open()];
    const asking = asks();
    one.log.next(async () => {
      one.log.unreadable = true;
    });
    const asked = { category: 'private' as const, identity };
    await expect(one.commands.register(asking, asked)).rejects.toThrow('not answer');
    one.log.unreadable = false;
    const [first] = await two.events();
    const subject = first?.stream.slice('customer-'.length) as SubjectId;
    await two.do({ do: 'forbid-use', subject, use: 'direct-marketing' });
    expect(granted(await one.commands.register(asking, asked))).toMatchObject({
      subject,
      repeated: true,
      revision: 1,
    });
    expect(await typesOf(one)).toEqual(['CustomerRegistered', 'UseForbidden']);
  });

  it('with the same key and other content is refused', async () => {
    const process = new TestRegister().open();
    const asking = asks();
    granted(await process.commands.register(asking, { category: 'private', identity }));
    expect(
      await process.commands.register(asking, { category: 'company', identity }),
    ).toMatchObject({ kind: 'unprocessable', code: 'idempotency-key-reused' });
  });

  it('is another account’s own under the same key', async () => {
    const process = new TestRegister().open();
    const asking = asks();
    const asked = { category: 'company' as const, identity: { organisationName: 'Acme' } };
    const one = granted(await process.commands.register(asking, asked));
    const other = granted(await process.commands.register({ ...asking, account: 'other' }, asked));
    expect(other.subject).not.toBe(one.subject);
  });
});

describe('an order that a contact person placed', () => {
  async function acting() {
    const process = new TestRegister().open();
    const organisation = await process.customer({ identity: { organisationName: 'Acme' } });
    const person = await process.customer();
    await process.do({ do: 'start-contact-role', subject: person, organisation, affiliation, on });
    const asked = {
      voucher: voucher('2026-01-05'),
      placedBy: { customer: person, name: 'Bo Berg', title: 'Buyer' },
    };
    return { process, organisation, person, asked };
  }

  it('concerns two people: each has an envelope under their own key', async () => {
    const { process, organisation, person, asked } = await acting();
    const outcome = granted(await process.commands.recordOrder(asks(), organisation, asked));
    const [event] = outcome.events;
    const { keys } = await process.stateOf(person);
    expect(event?.data).toMatchObject({
      placedBy: person,
      sealed: [
        { subject: organisation, category: 'orders', scope: '2026-12-31' },
        { subject: person, category: 'affiliation', scope: 'g1', key: keys.affiliation?.g1?.key },
      ],
    });
  });

  it('is refused for somebody who is no customer, or not a contact person of theirs', async () => {
    const { process, organisation, person, asked } = await acting();
    const by = (customer: SubjectId) =>
      process.commands.recordOrder(asks(), organisation, {
        ...asked,
        placedBy: { customer, name: 'X' },
      });
    expect(await by(nobody)).toMatchObject({
      code: 'customer-not-found',
      field: 'placedBy.customer',
    });
    expect(await by(organisation)).toMatchObject({ code: 'not-contact-person' });
    await process.do({ do: 'end-contact-role', subject: person, organisation, on });
    expect(await by(person)).toMatchObject({ code: 'not-contact-person' });
  });

  it('is refused while the contact person is restricted', async () => {
    const { process, organisation, person, asked } = await acting();
    await process.do({ do: 'restrict', subject: person, ground: 'accuracy-contested' });
    expect(await process.commands.recordOrder(asks(), organisation, asked)).toMatchObject({
      kind: 'forbidden',
      code: 'restricted',
    });
  });

  it('is refused where the contact person was erased meanwhile', async () => {
    const { process, organisation, person, asked } = await acting();
    const { keys } = await process.stateOf(person);
    const lost = keys.affiliation?.g1?.key;
    if (lost === undefined) throw new Error('no key');
    await process.do({ do: 'record-key-lost', subject: person, keys: [lost] });
    expect(await process.commands.recordOrder(asks(), organisation, asked)).toMatchObject({
      code: 'erased',
    });
  });

  it('is once, and its own id the same', async () => {
    const { process, organisation, asked } = await acting();
    const asking = asks();
    const first = granted(await process.commands.recordOrder(asking, organisation, asked));
    const again = granted(await process.commands.recordOrder(asking, organisation, asked));
    expect(again).toMatchObject({ repeated: true, events: first.events });
  });
});

describe('a merger', () => {
  it('is said by both entries, the absorbed one first', async () => {
    const { process, kept, absorbed } = await linked();
    expect(await process.stateOf(absorbed)).toMatchObject({ linked: [kept], absorbed: true });
    expect(await process.stateOf(kept)).toMatchObject({ linked: [absorbed], absorbed: false });
    const [, , first, second] = await process.events();
    expect(first?.data).toEqual({ with: kept, role: 'absorbed' });
    expect(second?.metadata).toMatchObject({
      causation: first?.id,
      correlation: first?.metadata.correlation,
    });
    expect(await process.commands.linkedSet(absorbed)).toEqual([absorbed, kept]);
  });

  it('is once', async () => {
    const { process, kept, absorbed } = await pair();
    const asking = asks();
    granted(await process.commands.merge(asking, kept, absorbed));
    const before = await process.events();
    granted(await process.commands.merge(asking, kept, absorbed));
    granted(await process.commands.merge(asks(), kept, absorbed));
    granted(await process.commands.merge(asks(), absorbed, kept));
    expect(await process.events()).toEqual(before);
  });

  it('needs both, and two', async () => {
    const { process, kept, absorbed } = await pair();
    const missing = { kind: 'not-found', code: 'customer-not-found' };
    expect(await process.commands.merge(asks(), nobody, absorbed)).toMatchObject(missing);
    expect(await process.commands.merge(asks(), kept, nobody)).toMatchObject(missing);
    expect(await process.commands.merge(asks(), kept, kept)).toMatchObject({
      code: 'merge-with-itself',
    });
    expect(await typesOf(process)).toEqual(['CustomerRegistered', 'CustomerRegistered']);
  });

  it('is refused where the kept entry was changed, but not when it is only repeated', async () => {
    const { process, kept, absorbed } = await pair();
    await process.do({ do: 'forbid-use', subject: kept, use: 'direct-marketing' });
    const seen = (ifRevision: number) => asks('staff', { ifRevision });
    expect(await process.commands.merge(seen(0), kept, absorbed)).toMatchObject({
      kind: 'precondition-failed',
    });
    const asking = seen(1);
    granted(await process.commands.merge(asking, kept, absorbed));
    granted(await process.commands.merge(asking, kept, absorbed));
  });

  it('that was interrupted half-way is finished when it is asked again', async () => {
    const { process, kept, absorbed } = await pair();
    const asking = asks();
    process.log.next(async () => undefined, 'refuse');
    await expect(process.commands.merge(asking, kept, absorbed)).rejects.toThrow('disk full');
    expect((await process.stateOf(kept)).linked).toEqual([]);
    granted(await process.commands.merge(asking, kept, absorbed));
    expect((await process.stateOf(kept)).linked).toEqual([absorbed]);
    expect((await typesOf(process)).filter((type) => type === 'CustomersMerged')).toHaveLength(2);
  });
});

describe('on a linked set', () => {
  const restrict = (subject: SubjectId) =>
    ({ do: 'restrict', subject, ground: 'accuracy-contested' }) as const;
  const lift = (subject: SubjectId) => ({ do: 'lift-restriction', subject, toldAt: NOW }) as const;

  it('what takes away takes away on all of it, from whichever entry it is asked', async () => {
    const { process, kept, absorbed } = await linked();
    const third = await process.customer();
    granted(await process.commands.merge(asks(), kept, third));
    const outcomes = granted(await process.commands.onLinked(asks(), third, restrict));
    expect(outcomes.map(({ stream }) => stream)).toEqual(
      [third, kept, absorbed].map((subject) => `customer-${subject}`),
    );
    for (const subject of [third, kept, absorbed]) {
      expect((await process.stateOf(subject)).restriction).toBe('accuracy-contested');
    }
  });

  it('a refusal by the asked entry is one of all', async () => {
    const { process, kept, absorbed } = await linked();
    const stale = asks('officer', { ifRevision: 0 });
    expect(await process.commands.onLinked(stale, kept, restrict)).toMatchObject({
      code: 'changed-meanwhile',
    });
    expect((await process.stateOf(absorbed)).restriction).toBeUndefined();
  });

  it('the revision that was seen is that of the asked entry alone', async () => {
    const { process, kept, absorbed } = await linked();
    await process.do({ do: 'forbid-use', subject: kept, use: 'direct-marketing' });
    const seen = asks('officer', { ifRevision: 2 });
    granted(await process.commands.onLinked(seen, kept, restrict));
    expect((await process.stateOf(absorbed)).restriction).toBe('accuracy-contested');
  });

  it('a late repetition does not bring back what was taken back since', async () => {
    const { process, kept, absorbed } = await linked();
    const asking = asks('officer');
    process.log.next(async () => undefined, 'refuse');
    await expect(process.commands.onLinked(asking, kept, restrict)).rejects.toThrow('disk full');
    granted(await process.commands.onLinked(asks('officer'), kept, lift));
    granted(await process.commands.onLinked(asking, kept, restrict));
    for (const subject of [kept, absorbed]) {
      expect((await process.stateOf(subject)).restriction).toBeUndefined();
    }
  });

  it('an interrupted command is finished by its repetition', async () => {
    const { process, kept, absorbed } = await linked();
    const asking = asks('officer');
    process.log.next(async () => undefined, 'refuse');
    await expect(process.commands.onLinked(asking, kept, restrict)).rejects.toThrow('disk full');
    granted(await process.commands.onLinked(asking, kept, restrict));
    expect((await process.stateOf(absorbed)).restriction).toBe('accuracy-contested');
  });

  it('where the asked entry is so already, the others become so', async () => {
    const { process, kept, absorbed } = await linked();
    await process.do(restrict(kept));
    granted(await process.commands.onLinked(asks('officer'), kept, restrict));
    expect((await process.stateOf(absorbed)).restriction).toBe('accuracy-contested');
  });
});

describe('an erasure', () => {
  const asked = { ground: 'objection', categories: ['identity', 'contact'], reply } as const;

  it('of a linked set is one case; the reply address is sealed once', async () => {
    const { process, kept, absorbed } = await linked();
    const asking = asks('officer');
    const first = granted(await process.commands.requestErasure(asking, kept, asked));
    const again = granted(await process.commands.requestErasure(asking, kept, asked));
    expect(again.case).toBe(first.case);
    for (const subject of [kept, absorbed]) {
      expect((await process.stateOf(subject)).cases).toHaveProperty(first.case);
    }
    const sealed = (await process.events()).flatMap(({ data }) => data.sealed ?? []);
    const replies = sealed.filter(({ category }) => category === 'correspondence');
    expect(replies).toMatchObject([{ subject: kept, scope: first.case }]);
    expect((await typesOf(process)).filter((type) => type === 'ErasureRequested')).toHaveLength(2);
  });

  it('asked with another key is another case', async () => {
    const { process, kept } = await pair();
    const one = granted(await process.commands.requestErasure(asks('officer'), kept, asked));
    const two = granted(await process.commands.requestErasure(asks('officer'), kept, asked));
    expect(two.case).not.toBe(one.case);
  });

  it('is withdrawn where something of it waits, on whichever entry', async () => {
    const { process, kept, absorbed } = await linked();
    await process.do({ do: 'open-invoice', subject: absorbed, voucher: voucher('2026-01-05') });
    const { case: number } = granted(
      await process.commands.requestErasure(asks('officer'), kept, asked),
    );
    const set = await process.commands.linkedSet(kept);
    const withdrawn = granted(
      await process.commands.onCase(asks('officer'), set, 'withdraw-erasure', number),
    );
    expect(withdrawn).toMatchObject([{ stream: `customer-${absorbed}` }]);
    expect((await process.stateOf(absorbed)).cases[number]?.status).toBe('withdrawn');
  });

  it('of which nothing waits is not withdrawn', async () => {
    const { process, kept, absorbed } = await linked();
    const { case: number } = granted(
      await process.commands.requestErasure(asks('officer'), kept, asked),
    );
    const onCase = (subjects: readonly SubjectId[], which: 'withdraw-erasure' | 'close-case') =>
      process.commands.onCase(asks('officer'), subjects, which, number);
    expect(await onCase([kept, absorbed], 'withdraw-erasure')).toMatchObject({
      code: 'erasure-started',
    });
    expect(await onCase([kept, absorbed], 'close-case')).toMatchObject({ code: 'case-open' });
    expect(await onCase([], 'close-case')).toMatchObject({ code: 'case-not-found' });
  });

  it('of a customer that does not exist is refused', async () => {
    const { process } = await pair();
    const refused = await process.commands.requestErasure(asks('officer'), nobody, asked);
    expect(isRefusal(refused)).toBe(true);
    expect(refused).toMatchObject({ code: 'customer-not-found' });
  });
});
