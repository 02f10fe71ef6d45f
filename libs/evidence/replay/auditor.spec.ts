import { describe, expect, it } from '@jest/globals';

import { customerStream } from '#customers';
import type { TestProcess } from '#customers/testing';
import { asks, day, granted, NOW, TestRegister } from '#customers/testing';
import type { SubjectId } from '#kernel';
import { plusMillis, randomId } from '#kernel';

import type { ListPart, ListPlace } from './auditor.js';
import { Auditor } from './auditor.js';
import { touchOf } from './touches.js';

const MOST_PAGES = 100;
const CANARY = 'Kanaria';
const ON = day('2026-03-02');

/** A person who acts for an organisation, and places an order for it. */
async function inTrade() {
  const process = new TestRegister().open();
  const person = await process.customer({ identity: { lastName: CANARY } });
  const organisation = await process.customer({
    category: 'company',
    identity: { organisationName: CANARY },
  });
  const affiliation = { organisation: CANARY };
  await process.do({
    do: 'start-contact-role',
    subject: person,
    organisation,
    affiliation,
    on: ON,
  });
  const voucher = { date: '2026-03-02', buyer: { name: CANARY }, total: '1', currency: 'EUR' };
  granted(
    await process.commands.recordOrder(asks(), organisation, {
      voucher,
      placedBy: { customer: person, name: CANARY },
    }),
  );
  await process.do({ do: 'forbid-use', subject: person, use: 'direct-marketing' });
  return { process, person, organisation };
}

/** Goes through a list to its end. */
async function whole<Found>(
  part: (place?: ListPlace) => Promise<ListPart<Found> | undefined>,
  between: () => Promise<unknown> = async () => undefined,
): Promise<Found[]> {
  const all: Found[] = [];
  let place: ListPlace | undefined;
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const got = await part(place);
    if (got === undefined) throw new Error('there is no such list');
    all.push(...got.found);
    place = got.next;
    if (place === undefined) return all;
    await between();
  }
  throw new Error('the list has no end');
}

const listing = (place?: ListPlace) => (place === undefined ? {} : { place });

async function idsOf(process: TestProcess, subject?: SubjectId): Promise<string[]> {
  const events = await process.events();
  const of = subject && customerStream(subject);
  return events.filter(({ stream }) => of === undefined || stream === of).map(({ id }) => id);
}

describe('events for auditors', () => {
  it('name keys of envelopes, and hold nothing of what is in them', async () => {
    const { process } = await inTrade();
    const part = await new Auditor(process.log).events({}, { limit: 100 });
    const [registered] = part?.found ?? [];
    expect(registered).toMatchObject({ type: 'CustomerRegistered', data: { category: 'private' } });
    expect(Object.keys(registered?.sealed[0] ?? {})).toEqual([
      'subject',
      'category',
      'scope',
      'key',
    ]);
    expect(JSON.stringify(part)).not.toMatch(/Kanaria|ciphertext|commitment|nonce/);
  });

  it.each([[1], [2], [100]])(
    'come once each in pages of %d, while others append',
    async (limit) => {
      const { process, person } = await inTrade();
      const auditor = new Auditor(process.log);
      const [all, own] = [await idsOf(process), await idsOf(process, person)];
      const uses = ['market-research', 'opinion-research', 'direct-advertising'] as const;
      let next = 0;
      const between = async () => {
        const use = uses[next++ % uses.length] ?? uses[0];
        const turn = next % 2 === 0 ? 'allow-use' : 'forbid-use';
        return process.do({ do: turn, subject: person, use });
      };
      const events = await whole(
        (place) => auditor.events({}, { limit, ...listing(place) }),
        between,
      );
      expect(events.map(({ id }) => id)).toEqual(all);
      const ofOne = await idsOf(process, person);
      // The newest event of the log is on another stream.
      await process.customer();
      const theirs = await whole(
        (place) => auditor.events({ customer: person }, { limit, ...listing(place) }),
        between,
      );
      expect(theirs.map(({ id }) => id)).toEqual(ofOne);
      expect(ofOne.slice(0, own.length)).toEqual(own);
    },
  );

  it('are looked through only so far in one go, and then go on', async () => {
    const { process } = await inTrade();
    const auditor = new Auditor(process.log);
    const filter = { type: 'UseForbidden' };
    const first = await auditor.events(filter, { limit: 10, most: 2 });
    expect(first).toMatchObject({ found: [], next: { revision: 0 } });
    const found = await whole((place) =>
      auditor.events(filter, { limit: 10, most: 2, ...listing(place) }),
    );
    expect(found.map(({ type }) => type)).toEqual(['UseForbidden']);
  });

  it('are those that meet every condition', async () => {
    const { process, person } = await inTrade();
    process.clock.set(plusMillis(NOW, 1000));
    const asking = asks('officer', { purpose: 'data-subject-rights' });
    await process.do({ do: 'restrict', subject: person, ground: 'unlawful-not-erased' }, asking);
    const auditor = new Auditor(process.log);
    const typesBy = async (filter: Parameters<Auditor['events']>[0]) =>
      (await auditor.events(filter, { limit: 100 }))?.found.map(({ type }) => type);
    const restricted = ['ProcessingRestricted'];
    expect(await typesBy({ from: plusMillis(NOW, 1) })).toEqual(restricted);
    expect(await typesBy({ from: plusMillis(NOW, 1000) })).toEqual(restricted);
    expect(await typesBy({ to: NOW })).toHaveLength(5);
    expect(await typesBy({ to: plusMillis(NOW, 1000) })).toHaveLength(6);
    expect(await typesBy({ actor: 'officer' })).toEqual(restricted);
    expect(await typesBy({ purpose: 'data-subject-rights' })).toEqual(restricted);
    expect(await typesBy({ type: 'ProcessingRestricted', actor: 'staff' })).toEqual([]);
    expect(await typesBy({ type: 'CustomerRegistered', customer: person })).toHaveLength(1);
  });

  it('of a customer say who is one with it, and there are none of nobody', async () => {
    const { process, person, organisation } = await inTrade();
    const other = await process.customer();
    granted(await process.commands.merge(asks(), other, person));
    const auditor = new Auditor(process.log);
    expect(await auditor.events({ customer: person }, { limit: 100 })).toMatchObject({
      linked: [other],
    });
    const organisations = { customer: organisation };
    expect(await auditor.events(organisations, { limit: 100 })).toMatchObject({ linked: [] });
    expect(await auditor.events({ customer: randomId() }, { limit: 100 })).toBeUndefined();
  });
});

describe('who touched a person', () => {
  it('is told of the own stream, of data on other streams, and of being named', async () => {
    const { process, person, organisation } = await inTrade();
    const auditor = new Auditor(process.log);
    const touchesOf = async (subject: SubjectId) =>
      (await auditor.touched(subject, { limit: 100 }))?.found.map(
        ({ type, how, categories, actor }) => [type, how, categories.join('+'), actor],
      );
    expect(await touchesOf(person)).toEqual([
      ['CustomerRegistered', 'own', 'identity', 'staff'],
      ['ContactRoleStarted', 'own', 'affiliation', 'staff'],
      ['OrderRecorded', 'sealed', 'affiliation', 'staff'],
      ['UseForbidden', 'own', '', 'staff'],
    ]);
    expect(await touchesOf(organisation)).toEqual([
      ['CustomerRegistered', 'own', 'identity', 'staff'],
      ['ContactRoleStarted', 'named', '', 'staff'],
      ['OrderRecorded', 'own', 'orders', 'staff'],
    ]);
    expect(await auditor.touched(randomId(), { limit: 100 })).toBeUndefined();
  });

  it('finds a name wherever it stands in the plain data', async () => {
    const { process } = await inTrade();
    const [event] = await process.events();
    if (event === undefined) throw new Error('nothing happened');
    const other = randomId<SubjectId>();
    const naming = (data: typeof event.data) => touchOf(other, { ...event, data })?.how;
    expect(naming({ deep: [{ down: [other] }] })).toBe('named');
    expect(naming({ deep: [{ down: [`${other}?`] }], none: null })).toBeUndefined();
  });

  it.each([[1], [3]])('comes once each in pages of %d, while others append', async (limit) => {
    const { process, person } = await inTrade();
    const auditor = new Auditor(process.log);
    const all = (await auditor.touched(person, { limit: 100 }))?.found.map(({ id }) => id);
    const touches = await whole(
      (place) => auditor.touched(person, { limit, most: 2, ...listing(place) }),
      () => process.customer(),
    );
    expect(touches.map(({ id }) => id)).toEqual(all);
  });
});
