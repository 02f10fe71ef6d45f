import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { TestServer } from './http-server.js';

const VOUCHER = {
  number: '1001',
  date: '2026-03-02',
  buyer: { name: 'Aino Virtanen' },
  lines: [{ description: 'Book', quantity: '1', amount: '12.50' }],
  total: '12.50',
  currency: 'EUR',
};

describe("a customer's life over HTTP", () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await TestServer.start();
  });
  afterAll(async () => {
    await server.stop();
  });

  it('registers, shows possible duplicates, and reads back', async () => {
    const contact = { email: 'Double@Example.fi' };
    const first = await server.registered({ contact });
    const second = await server.call('POST', '/api/customers', {
      body: { category: 'private', identity: { firstName: 'A' }, contact },
    });
    expect(second.status).toBe(201);
    expect(second.headers.get('location')).toBe(`/api/customers/${second.body.id}`);
    expect(second.body.possibleDuplicates).toEqual([{ id: first.id }]);
    const read = await server.call(
      'GET',
      `/api/customers/${second.body.id}?after=${second.body.position}`,
    );
    expect(read.status).toBe(200);
    expect(read.headers.get('etag')).toBe('"0"');
    expect(read.headers.get('cache-control')).toBe('no-store');
    expect(read.body.values?.contact).toEqual({ state: 'present', value: contact });
    expect(read.text).not.toContain('ciphertext');
  });

  it('changes values; null removes', async () => {
    const { id } = await server.registered({ contact: { email: 'a@example.fi', phone: '040 1' } });
    const changed = await server.call('PATCH', `/api/customers/${id}/contact`, {
      body: { phone: null, email: 'b@example.fi' },
    });
    expect(changed.status).toBe(200);
    await server.call('PATCH', `/api/customers/${id}/identity`, { body: { lastName: 'Korhonen' } });
    const affiliated = await server.call('PATCH', `/api/customers/${id}/affiliation`, {
      body: { organisation: 'Oy Ab' },
    });
    const read = await server.call('GET', `/api/customers/${id}?after=${affiliated.body.position}`);
    expect(read.body.values?.contact?.value).toEqual({ email: 'b@example.fi' });
    expect(read.body.values?.identity?.value.lastName).toBe('Korhonen');
    expect(read.body.values?.affiliation?.value).toEqual({ organisation: 'Oy Ab' });
  });

  it('records orders and invoices, and collects', async () => {
    const { id } = await server.registered();
    const order = await server.call('POST', `/api/customers/${id}/orders`, {
      body: { voucher: VOUCHER },
    });
    expect(order.status).toBe(201);
    const invoice = await server.call('POST', `/api/customers/${id}/invoices`, {
      body: { order: order.body.id, voucher: VOUCHER },
    });
    const at = `/api/customers/${id}/invoices/${invoice.body.id}`;
    const on = { body: { on: '2026-04-01' } };
    expect((await server.call('POST', `${at}/collection/start`, on)).status).toBe(200);
    expect((await server.call('POST', `${at}/collection/end`, on)).status).toBe(200);
    expect((await server.call('POST', `${at}/settle`, on)).status).toBe(200);
    const credited = await server.call('POST', `${at}/credit`, on);
    expect([credited.status, credited.body.code]).toEqual([409, 'invoice-settled']);
    const cancelled = await server.call(
      'POST',
      `/api/customers/${id}/orders/${order.body.id}/cancel`,
      on,
    );
    const list = `/api/customers/${id}/vouchers?after=${cancelled.body.position}`;
    const page = await server.call('GET', `${list}&limit=1`);
    expect(page.body.vouchers).toMatchObject([{ kind: 'invoice', status: 'settled' }]);
    expect(page.body.vouchers[0]?.content).toEqual({ state: 'present', value: VOUCHER });
    const next = await server.call('GET', `${list}&limit=1&cursor=${page.body.cursor}`);
    expect(next.body.vouchers).toMatchObject([{ kind: 'order', status: 'cancelled' }]);
    const settled = await server.call('GET', `${list}&kind=order&status=recorded`);
    expect(settled.body.vouchers).toEqual([]);
  });

  it('names a contact person on an order, under a key of their own', async () => {
    const organisation = await server.registered({
      category: 'company',
      identity: { organisationName: 'Oy Ab' },
    });
    const person = await server.registered();
    const role = `/api/customers/${person.id}/contact-roles`;
    const started = await server.call('POST', role, {
      body: {
        organisation: organisation.id,
        affiliation: { organisation: 'Oy Ab', title: 'Buyer' },
        on: '2026-01-01',
      },
    });
    expect(started.status).toBe(201);
    const order = await server.call('POST', `/api/customers/${organisation.id}/orders`, {
      body: { voucher: VOUCHER, placedBy: { customer: person.id, name: 'Aino Virtanen' } },
    });
    expect(order.status).toBe(201);
    const history = await server.call(
      'GET',
      `/api/customers/${person.id}/history?after=${order.body.position}`,
    );
    expect(history.body.entries.map((entry) => entry.type)).toContain('OrderRecorded');
    const ended = await server.call('POST', `${role}/${organisation.id}/end`, {
      body: { on: '2026-02-01' },
    });
    expect(ended.status).toBe(200);
  });

  it('ends, resumes and merges', async () => {
    const kept = await server.registered();
    const absorbed = await server.registered({ identity: { lastName: 'Wirtanen' } });
    const on = { body: { on: '2026-05-01' } };
    expect((await server.call('POST', `/api/customers/${kept.id}/end`, on)).status).toBe(200);
    expect((await server.call('POST', `/api/customers/${kept.id}/resume`, on)).status).toBe(200);
    const merged = await server.call('POST', `/api/customers/${kept.id}/merge`, {
      body: { absorbed: absorbed.id },
    });
    expect(merged.status).toBe(200);
    const read = await server.call(
      'GET',
      `/api/customers/${kept.id}?after=${merged.body.position}`,
    );
    expect(read.body.linkedEntries).toMatchObject([{ id: absorbed.id, absorbed: true }]);
  });

  it('obeys bans and restriction at once', async () => {
    const { id } = await server.registered();
    const ban = `/api/customers/${id}/bans/direct-marketing`;
    expect((await server.call('PUT', ban)).status).toBe(200);
    expect((await server.call('GET', `/api/customers/${id}`)).body.forbidden).toEqual([
      'direct-marketing',
    ]);
    expect((await server.call('DELETE', ban)).status).toBe(200);
    const restrict = `/api/customers/${id}/restriction`;
    const restricted = await server.call('POST', restrict, {
      body: { ground: 'accuracy-contested' },
    });
    expect(restricted.status).toBe(200);
    const refused = await server.call('GET', `/api/customers/${id}`);
    expect([refused.status, refused.body.code]).toEqual([403, 'restricted']);
    const lifted = await server.call('POST', `${restrict}/lift`, {
      body: { toldAt: '2026-01-01T00:00:00Z' },
    });
    expect(lifted.status).toBe(200);
    const read = await server.call('GET', `/api/customers/${id}?after=${lifted.body.position}`);
    expect(read.status).toBe(200);
  });

  it('erases what no hold covers, and the rest when the hold ends', async () => {
    const { id } = await server.registered({ contact: { email: 'gone@example.fi' } });
    const invoice = await server.call('POST', `/api/customers/${id}/invoices`, {
      body: { voucher: VOUCHER },
    });
    await server.call('PATCH', `/api/customers/${id}/affiliation`, { body: { organisation: 'X' } });
    const preview = await server.call('POST', `/api/customers/${id}/erasure/preview`, { body: {} });
    expect(preview.body.entries[0]?.goesNow).toEqual([{ category: 'affiliation', scope: 'g1' }]);
    const asked = await server.call('POST', `/api/customers/${id}/erasure`, {
      body: { ground: 'no-longer-needed', reply: { email: 'reply@example.fi', language: 'fi' } },
    });
    expect([asked.status, asked.body.status]).toEqual([200, 'waiting']);
    const at = `/api/erasures/${asked.body.case}`;
    expect(asked.headers.get('location')).toBe(at);
    expect((await server.call('GET', '/api/erasures?status=waiting')).body.cases).toHaveLength(1);
    await server.call('POST', `/api/customers/${id}/invoices/${invoice.body.id}/settle`, {
      body: { on: '2026-06-01' },
    });
    const gone = await eventually(async () => {
      const read = await server.call('GET', `/api/customers/${id}`);
      return read.body.values?.identity?.state === 'erased' ? read : undefined;
    });
    expect(gone.body.values?.contact).toMatchObject({ state: 'erased', case: asked.body.case });
    const found = await server.call('GET', at);
    expect(found.body.parts[0]?.waits).toMatchObject([{ category: 'orders' }]);
    expect(found.body.parts[0]?.receipts).toHaveLength(2);
    const withdrawn = await server.call('POST', `${at}/withdraw`);
    expect(withdrawn.status).toBe(200);
    expect((await server.call('POST', `${at}/close`)).status).toBe(200);
    expect((await server.call('GET', at)).body).toMatchObject({
      status: 'withdrawn',
      closed: true,
    });
  });

  it('tells the state at an instant', async () => {
    const { id } = await server.registered();
    const before = (await server.call('GET', `/api/customers/${id}`)).body.registeredAt;
    await server.call('PATCH', `/api/customers/${id}/identity`, { body: { lastName: 'Later' } });
    const then = await server.call('GET', `/api/customers/${id}/as-of?at=${before}`);
    expect(then.body.values?.identity?.value.lastName).toBe('Virtanen');
  });

  it('finds by words, email and number, a page at a time', async () => {
    const contact = { email: 'find@example.fi' };
    await server.registered({ identity: { lastName: 'Löytynen', customerNumber: 'N-1' }, contact });
    const last = await server.registered({ identity: { lastName: 'Löytynen' } });
    const search = (body: object) =>
      server.call('POST', '/api/customers/search', { body: { ...body, after: last.position } });
    const page = await search({ name: 'loyty', limit: 1 });
    expect(page.body).toMatchObject({ count: 2, customers: [{ id: last.id }] });
    const next = await search({ name: 'loyty', limit: 1, cursor: page.body.cursor });
    expect(next.body.customers).toHaveLength(1);
    expect(next.body.customers[0]?.id).not.toBe(last.id);
    expect((await search({ customerNumber: 'N-1' })).body.count).toBe(1);
    expect((await search({ email: 'FIND@example.fi' })).body.count).toBe(1);
    expect((await search({ email: 'no@example.fi' })).body.count).toBe(0);
  });

  it('tells of register, notices, catalogue, views, keys and tokens', async () => {
    for (const path of [
      '/api/register',
      '/api/register/notices',
      '/api/register/notices/1/text',
      '/api/events/catalogue',
      '/api/views',
      '/api/keys',
      '/api/tokens',
    ]) {
      expect([path, (await server.call('GET', path)).status]).toEqual([path, 200]);
    }
    expect((await server.call('GET', '/api/register/notices/9/text')).body.code).toBe(
      'notice-not-found',
    );
    expect((await server.call('POST', '/api/views/vouchers/retry')).status).toBe(200);
    expect((await server.call('POST', '/api/views/vouchers/rebuild')).status).toBe(202);
    expect((await server.call('POST', '/api/views/nothing/rebuild')).status).toBe(404);
  });

  it('has no lost key to accept where all are there', async () => {
    const { id } = await server.registered();
    const answer = await server.call('POST', `/api/customers/${id}/lost-keys`);
    expect([answer.status, answer.body.code]).toEqual([409, 'no-key-lost']);
  });
});

/** Asks until there is an answer; the test's own time limit ends it. */
async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
  }
}
