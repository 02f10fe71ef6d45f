import { describe, expect, it } from '@jest/globals';

import type { SubjectId } from '#kernel';

import { asks, CLAIMS, contact, day, granted, TestRegister, voucher } from '../testing/index.js';
import type { TestProcess } from '../testing/index.js';
import type { SearchAsked } from './customer-search.js';

const page = { limit: 10 };

async function find(process: TestProcess, asked: SearchAsked): Promise<readonly SubjectId[]> {
  const { customers } = await process.search.search(asks(), asked, page);
  return customers.map(({ id }) => id);
}

async function setUp() {
  const process = new TestRegister().open();
  const anna = await process.customer({
    identity: { firstName: 'Anna-Liisa', lastName: 'Köhler', customerNumber: 'A-100' },
    contact,
    affiliation: { organisation: 'Acme Trading Oy' },
  });
  process.clock.pass(1000);
  const acme = await process.customer({
    category: 'company',
    identity: { organisationName: 'Acme Industrial Oy' },
    contact: { email: 'info@acme.example', phone: '09 123' },
  });
  process.clock.pass(1000);
  const bo = await process.customer({ identity: { firstName: 'Bo', lastName: 'Li' } });
  await process.project();
  return { process, anna, acme, bo };
}

describe('a search', () => {
  it.each([
    { email: 'ANNA@example.FI' },
    { phone: '040 1234567' },
    { customerNumber: ' A-100' },
    { name: 'kohl' },
    { name: 'Köhler' },
    { name: 'liisa anna' },
    { organisation: 'acme trad' },
    { email: 'anna@example.fi', name: 'anna' },
  ])('by %j finds the one', async (asked) => {
    const { process, anna } = await setUp();
    expect(await find(process, asked)).toEqual([anna]);
  });

  it.each([
    { email: 'anna@example' },
    { phone: '123' },
    { customerNumber: 'A-10' },
    { name: 'hler' },
    { name: 'ko' },
    { name: 'anna berg' },
    { name: '---' },
    { organisation: '' },
    { email: 'anna@example.fi', name: 'bo' },
    { email: '' },
    { phone: 'none' },
  ])('by %j finds nobody', async (asked) => {
    const { process } = await setUp();
    expect(await find(process, asked)).toEqual([]);
  });

  it('without a condition finds all, the newest first, and counts them', async () => {
    const { process, anna, acme, bo } = await setUp();
    const { customers, count, next } = await process.search.search(asks(), {}, page);
    expect(customers.map(({ id }) => id)).toEqual([bo, acme, anna]);
    expect([count, next]).toEqual([3, undefined]);
  });

  it('goes on page by page', async () => {
    const { process, anna, acme, bo } = await setUp();
    const first = await process.search.search(asks(), {}, { limit: 2 });
    expect(first.customers.map(({ id }) => id)).toEqual([bo, acme]);
    if (first.next === undefined) throw new Error('there is more');
    const rest = await process.search.search(asks(), {}, { limit: 2, after: first.next });
    expect(rest.customers.map(({ id }) => id)).toEqual([anna]);
    expect([rest.count, rest.next]).toEqual([3, undefined]);
  });

  it('finds a short name whole, and an organisation wherever it stands', async () => {
    const { process, anna, acme, bo } = await setUp();
    expect(await find(process, { name: 'li' })).toEqual([bo]);
    expect(await find(process, { organisation: 'ACME' })).toEqual([acme, anna]);
  });

  it('tells long words apart that begin alike', async () => {
    const process = new TestRegister().open();
    const one = await process.customer({ identity: { lastName: 'Mannerheimo' } });
    await process.customer({ identity: { lastName: 'Mannerheimonen' } });
    await process.project();
    expect(await find(process, { name: 'mannerheimon' })).not.toContain(one);
    expect(await find(process, { name: 'mannerhei' })).toHaveLength(2);
  });

  it('filters by category, restriction, end and waiting', async () => {
    const { process, anna, acme, bo } = await setUp();
    await process.do({ do: 'restrict', subject: anna, ground: 'objection-pending' });
    await process.do({ do: 'end-customership', subject: acme, on: day('2026-01-01') });
    await process.do({ do: 'open-invoice', subject: bo, voucher: voucher('2026-01-05') });
    const erasure = { ground: 'objection', categories: ['identity'] } as const;
    granted(await process.commands.requestErasure(asks('officer'), bo, erasure));
    await process.project();
    expect(await find(process, { category: 'company' })).toEqual([acme]);
    expect(await find(process, { restricted: true })).toEqual([anna]);
    expect(await find(process, { restricted: false })).toEqual([bo, acme]);
    expect(await find(process, { ended: true })).toEqual([acme]);
    expect(await find(process, { ended: false })).toEqual([bo, anna]);
    expect(await find(process, { waiting: true })).toEqual([bo]);
    expect(await find(process, { waiting: false, category: 'private' })).toEqual([anna]);
  });

  it('shows what the caller may see', async () => {
    const { process, anna } = await setUp();
    await process.do({ do: 'restrict', subject: anna, ground: 'objection-pending' });
    await process.project();
    const shown = async (purpose: string) => {
      const caller = asks('staff', { purpose });
      const { customers } = await process.search.search(caller, { name: 'kohler' }, page);
      return customers.map(({ values }) => values.identity?.state);
    };
    expect(await shown('customer-relationship')).toEqual(['withheld']);
    expect(await shown(CLAIMS)).toEqual(['present']);
  });

  it('does not find who was erased, nor by what was changed', async () => {
    const { process, anna } = await setUp();
    await process.do({ do: 'update-contact', subject: anna, changes: { email: 'new@example.fi' } });
    await process.project();
    expect(await find(process, { email: 'anna@example.fi' })).toEqual([]);
    expect(await find(process, { email: 'new@example.fi' })).toEqual([anna]);
    const erasure = { ground: 'objection', categories: ['identity', 'contact'] } as const;
    granted(await process.commands.requestErasure(asks('officer'), anna, erasure));
    await process.project();
    for (const asked of [
      { email: 'new@example.fi' },
      { name: 'kohler' },
      { customerNumber: 'A-100' },
    ]) {
      expect(await find(process, asked)).toEqual([]);
    }
  });
});

describe('possible duplicates', () => {
  it('are others with the same email or telephone', async () => {
    const { process, anna, acme } = await setUp();
    const also = await process.customer({ contact: { phone: '00358401234567' } });
    const same = await process.customer({ contact: { email: 'INFO@acme.example' } });
    await process.project();
    expect(await process.search.duplicates(also, { phone: '040-1234567' })).toEqual([anna]);
    expect(
      (
        await process.search.duplicates(also, {
          phone: '040-1234567',
          email: 'info@acme.example',
        })
      ).toSorted(),
    ).toEqual([anna, acme, same].toSorted());
  });

  it('are none where there is nothing to compare', async () => {
    const { process, anna } = await setUp();
    expect(await process.search.duplicates(anna, {})).toEqual([]);
    expect(await process.search.duplicates(anna, { email: 'nobody@example.fi' })).toEqual([]);
  });
});
