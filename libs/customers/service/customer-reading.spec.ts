import { describe, expect, it } from '@jest/globals';

import type { RecordedEvent, SubjectId } from '#kernel';
import { isRefusal, randomId } from '#kernel';

import type { CustomerCommand } from '../commands.js';
import { caseNumberOf } from '../ids.js';
import {
  affiliation,
  asks,
  CARE,
  CLAIMS,
  contact,
  day,
  granted,
  identity,
  INVOICE,
  TestRegister,
  voucher,
} from '../testing/index.js';
import type { TestProcess } from '../testing/index.js';
import type { Caller } from './caller.js';

const on = day('2026-01-01');
const OFFICER = asks('officer');
const page = { limit: 10 };

async function setUp() {
  const process = new TestRegister().open();
  const subject = await process.customer({ identity, contact, affiliation });
  await process.project();
  return { process, subject };
}

/** A command, and the views behind it. */
async function after(process: TestProcess, ...commands: readonly CustomerCommand[]) {
  for (const command of commands) await process.do(command);
  await process.project();
}

async function read(process: TestProcess, subject: SubjectId, caller: Caller = asks()) {
  const [shown] = granted(await process.reading.read(caller, subject));
  if (shown === undefined) throw new Error('nothing was read');
  return shown;
}

describe('reading a customer', () => {
  it('shows the newest value of every category that there is', async () => {
    const { process, subject } = await setUp();
    await after(process, { do: 'update-contact', subject, changes: { phone: '+358 50 1' } });
    const { id, doc, values } = await read(process, subject);
    expect(id).toBe(subject);
    expect(doc).toMatchObject({ category: 'private', notice: 3, revision: 1, ended: null });
    expect(values).toEqual({
      identity: { state: 'present', value: identity },
      affiliation: { state: 'present', value: affiliation },
      contact: { state: 'present', value: { ...contact, phone: '+358 50 1' } },
    });
  });

  it('leaves out what never was', async () => {
    const process = new TestRegister().open();
    const subject = await process.customer();
    await process.project();
    expect(Object.keys((await read(process, subject)).values)).toEqual(['identity']);
  });

  it('who is not there, or not in the views yet, is not found', async () => {
    const { process } = await setUp();
    const late = await process.customer();
    for (const subject of [late, randomId<SubjectId>()]) {
      expect(await process.reading.read(asks(), subject)).toMatchObject({
        kind: 'not-found',
        code: 'customer-not-found',
      });
    }
  });

  it('shows all that is known without a value: role, end, bans, links', async () => {
    const { process, subject } = await setUp();
    const organisation = randomId<SubjectId>();
    await after(
      process,
      { do: 'start-contact-role', subject, organisation, affiliation, on },
      { do: 'forbid-use', subject, use: 'direct-marketing' },
      { do: 'end-customership', subject, on },
    );
    expect((await read(process, subject)).doc).toMatchObject({
      roles: [organisation],
      forbidden: ['direct-marketing'],
      ended: '2026-01-01',
    });
    await after(
      process,
      { do: 'end-contact-role', subject, organisation, on },
      { do: 'allow-use', subject, use: 'direct-marketing' },
      { do: 'resume-customership', subject, on },
    );
    expect((await read(process, subject)).doc).toMatchObject({
      roles: [],
      forbidden: [],
      ended: null,
    });
  });

  it('of a linked set shows all of it, the asked one first', async () => {
    const { process, subject } = await setUp();
    const other = await process.customer();
    granted(await process.commands.merge(asks(), other, subject));
    await process.project();
    const ids = async (id: SubjectId) =>
      granted(await process.reading.read(asks(), id)).map((shown) => shown.id);
    expect(await ids(subject)).toEqual([subject, other]);
    expect(await ids(other)).toEqual([other, subject]);
  });
});

describe('an auditor', () => {
  it('sees documents and never a value', async () => {
    const { process, subject } = await setUp();
    await after(process, { do: 'open-invoice', subject, voucher: voucher('2026-01-05') });
    const auditor = asks('auditor', { purpose: CLAIMS });
    const { doc, values } = await read(process, subject, auditor);
    const withheld = { state: 'withheld', why: 'role' };
    expect(values).toEqual({ identity: withheld, affiliation: withheld, contact: withheld });
    expect(JSON.stringify(doc)).not.toMatch(/Anna|Köhler|Rantakatu|Acme/);
    const vouchers = granted(await process.reading.vouchers(auditor, subject, {}, page));
    expect(vouchers).toMatchObject([{ content: withheld }]);
  });
});

describe('while processing is restricted', () => {
  const restrict = (subject: SubjectId) =>
    ({ do: 'restrict', subject, ground: 'accuracy-contested' }) as const;
  const refused = { kind: 'forbidden', code: 'restricted' };

  it('a customer is read only for a purpose that Art. 18(2) allows', async () => {
    const { process, subject } = await setUp();
    await after(process, restrict(subject));
    expect(await process.reading.read(asks(), subject)).toMatchObject(refused);
    expect(await process.reading.vouchers(asks(), subject, {}, page)).toMatchObject(refused);
    const claims = asks('staff', { purpose: CLAIMS });
    expect((await read(process, subject, claims)).values.identity?.state).toBe('present');
    granted(await process.reading.vouchers(claims, subject, {}, page));
  });

  it('on one entry, all of the linked set is', async () => {
    const { process, subject } = await setUp();
    const other = await process.customer();
    granted(await process.commands.merge(asks(), other, subject));
    await after(process, restrict(other));
    expect(await process.reading.read(asks(), subject)).toMatchObject(refused);
  });

  it('an auditor still sees that it is', async () => {
    const { process, subject } = await setUp();
    await after(process, restrict(subject));
    expect((await read(process, subject, asks('auditor'))).doc).toMatchObject({
      restricted: true,
      restrictionGround: 'accuracy-contested',
    });
  });

  it('a list shows the entry without its values', async () => {
    const { process, subject } = await setUp();
    await after(process, restrict(subject));
    const [shown] = await process.reading.show(asks(), await process.reading.linkedDocs(subject));
    expect(shown?.values.identity).toEqual({ state: 'withheld', why: 'restricted' });
  });
});

describe('what waits for its erasure', () => {
  async function waiting() {
    const { process, subject } = await setUp();
    await process.do({
      do: 'open-invoice',
      subject,
      invoice: INVOICE,
      voucher: voucher('2026-01-05'),
    });
    const asked = { ground: 'objection', categories: ['identity', 'contact', 'orders'] } as const;
    const { case: number } = granted(
      await process.commands.requestErasure(OFFICER, subject, asked),
    );
    await process.settle();
    return { process, subject, number };
  }

  it('is shown only for what holds it', async () => {
    const { process, subject } = await waiting();
    const withheld = { state: 'withheld', why: 'waiting' };
    const care = await read(process, subject, asks('staff', { purpose: CARE }));
    expect(care.values).toMatchObject({
      identity: withheld,
      contact: withheld,
      affiliation: { state: 'present' },
    });
    for (const purpose of ['invoicing', 'debt-collection', CLAIMS]) {
      const { values } = await read(process, subject, asks('staff', { purpose }));
      expect(values.identity?.state).toBe('present');
    }
    const vouchers = async (purpose: string) =>
      granted(await process.reading.vouchers(asks('staff', { purpose }), subject, {}, page));
    expect(await vouchers(CARE)).toMatchObject([{ content: withheld }]);
    expect(await vouchers('invoicing')).toMatchObject([
      { content: { state: 'present', value: voucher('2026-01-05') } },
    ]);
  });

  it('is free again when the request is withdrawn', async () => {
    const { process, subject, number } = await waiting();
    await after(process, { do: 'withdraw-erasure', subject, case: number });
    const { doc, values } = await read(process, subject);
    expect([doc.waiting, doc.waitingCases, doc.held]).toEqual([false, [], {}]);
    expect(values.identity?.state).toBe('present');
  });
});

describe('what is gone', () => {
  it('is being erased first, and shown as erased only with its receipt', async () => {
    const { process, subject } = await setUp();
    const asked = { ground: 'objection', categories: ['contact'] } as const;
    const { case: number } = granted(
      await process.commands.requestErasure(OFFICER, subject, asked),
    );
    await process.project();
    expect((await read(process, subject)).values.contact).toEqual({
      state: 'withheld',
      why: 'erasing',
    });
    const started = (await process.events()).find(({ type }) => type === 'ErasureStarted');
    await process.settle();
    expect((await read(process, subject)).values).toMatchObject({
      contact: { state: 'erased', case: number, by: started?.id },
      identity: { state: 'present' },
    });
    const { doc } = await read(process, subject);
    expect(doc.erased).toBe(false);
    expect(Object.keys(doc.tokens)).toEqual(['identity', 'affiliation']);
  });

  it('leaves one document that says so, when all is erased', async () => {
    const { process, subject } = await setUp();
    const categories = ['identity', 'contact', 'affiliation'] as const;
    granted(
      await process.commands.requestErasure(OFFICER, subject, { ground: 'objection', categories }),
    );
    await process.settle();
    const { doc } = await read(process, subject);
    expect([doc.erased, doc.values, doc.tokens]).toEqual([true, {}, {}]);
  });

  it('is never shown as erased where it was lost', async () => {
    const process = new TestRegister().open();
    const subject = await process.customer();
    const { keys } = await process.stateOf(subject);
    const key = keys.identity?.g1?.key;
    if (key === undefined) throw new Error('no key');
    await after(process, { do: 'record-key-lost', subject, keys: [key] });
    const { doc, values } = await read(process, subject);
    expect(values.identity).toEqual({ state: 'withheld', why: 'lost' });
    expect(doc.erased).toBe(false);
  });

  it('is not told by an outage', async () => {
    const { process, subject } = await setUp();
    const { vault } = process.register.vaultStore;
    vault.unwrap = () => Promise.reject(new Error('vault: does not answer'));
    const fresh = process.register.open();
    await expect(fresh.reading.read(asks(), subject)).rejects.toThrow('vault');
  });
});

describe('two erasures of one case', () => {
  it('are shown each by its own end: the second is not erased when the first is', async () => {
    const { process, subject } = await setUp();
    const number = caseNumberOf('one');
    await process.do({
      do: 'start-contact-role',
      subject,
      organisation: randomId(),
      affiliation,
      on,
    });
    const { roles } = await process.stateOf(subject);
    await process.do({
      do: 'open-invoice',
      subject,
      invoice: INVOICE,
      voucher: voucher('2015-01-05'),
    });
    await process.do({ do: 'end-contact-role', subject, organisation: roles[0] ?? subject, on });
    await process.do({
      do: 'request-erasure',
      subject,
      case: number,
      ground: 'objection',
      categories: ['affiliation', 'contact'],
    });
    await process.do({ do: 'settle-invoice', subject, invoice: INVOICE, on });
    await process.do({ do: 'continue-erasure', subject, case: number });
    await process.project();
    const first = (await process.events()).find(({ type }) => type === 'ErasureStarted');
    if (first === undefined) throw new Error('nothing has begun');
    await process.shredder.finish(first.stream, first.revision);
    await process.project();
    const { values } = await read(process, subject);
    expect(values.affiliation?.state).toBe('erased');
    expect(values.contact).toEqual({ state: 'withheld', why: 'erasing' });
  });
});

describe('orders and invoices', () => {
  async function traded() {
    const { process, subject } = await setUp();
    const order = granted(
      await process.commands.recordOrder(asks(), subject, { voucher: voucher('2018-05-05') }),
    );
    await process.do({
      do: 'open-invoice',
      subject,
      invoice: INVOICE,
      voucher: voucher('2026-01-05'),
    });
    await process.project();
    return { process, subject, order: textOf(order.events, 'order') };
  }

  it('come with their content, by kind and status', async () => {
    const { process, subject, order } = await traded();
    const list = async (filter: Parameters<typeof process.reading.vouchers>[2]) =>
      granted(await process.reading.vouchers(asks(), subject, filter, page)).map(({ id }) => id);
    expect((await list({})).toSorted()).toEqual([INVOICE, order].toSorted());
    expect(await list({ kind: 'order' })).toEqual([order]);
    expect(await list({ status: 'open' })).toEqual([INVOICE]);
    expect(await list({ kind: 'order', status: 'open' })).toEqual([]);
    const [shown] = granted(
      await process.reading.vouchers(asks(), subject, { kind: 'order' }, page),
    );
    expect(shown?.content).toEqual({ state: 'present', value: voucher('2018-05-05') });
  });

  it('of an erased year are erased, and the others stay', async () => {
    const { process, subject, order } = await traded();
    const asked = { ground: 'objection', categories: ['orders'] } as const;
    granted(await process.commands.requestErasure(OFFICER, subject, asked));
    await process.settle();
    const caller = asks('staff', { purpose: 'accounting' });
    const vouchers = granted(await process.reading.vouchers(caller, subject, {}, page));
    const states = new Map(vouchers.map(({ id, content }) => [id, content.state]));
    expect(states).toEqual(
      new Map([
        [INVOICE, 'present'],
        [order, 'erased'],
      ]),
    );
  });

  it('of nobody are not found', async () => {
    const { process } = await setUp();
    const vouchers = await process.reading.vouchers(asks(), randomId(), {}, page);
    expect(isRefusal(vouchers)).toBe(true);
  });
});

describe('a case', () => {
  it('is found by its number, also when the person is not any more', async () => {
    const { process, subject } = await setUp();
    const categories = ['identity', 'contact', 'affiliation'] as const;
    const { case: number } = granted(
      await process.commands.requestErasure(OFFICER, subject, { ground: 'unlawful', categories }),
    );
    await process.settle();
    expect(granted(await process.reading.case(number))).toMatchObject({
      status: 'erased',
      ground: 'unlawful',
      categories,
      parts: [{ subject, receipts: [{ case: number, keys: expect.any(Array) as unknown }] }],
    });
    expect(await process.reading.case(caseNumberOf('other'))).toMatchObject({
      kind: 'not-found',
      code: 'case-not-found',
    });
  });
});

/** A field of the first event that has it. */
function textOf(events: readonly RecordedEvent[], field: string): string {
  const found = events.map(({ data }) => data[field]).find((value) => typeof value === 'string');
  if (found === undefined) throw new Error(`no event has ${field}`);
  return found;
}
