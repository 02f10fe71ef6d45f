import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { TestServer } from './http-server.js';

const CANARY = 'Kanarialintu';
const IDENTITY = { firstName: 'Aino', lastName: 'Virtanen' };

describe('input over HTTP', () => {
  let server: TestServer;
  let id: string;
  let position: string;

  beforeAll(async () => {
    server = await TestServer.start();
    ({ id } = await server.registered());
  });
  afterAll(async () => {
    await server.stop();
  });
  beforeEach(async () => {
    position = await head();
  });

  /** The position of the newest event, as the views show it. */
  async function head(): Promise<string> {
    const outcome = await server.call('PUT', `/api/customers/${id}/bans/market-research`);
    return outcome.body.position;
  }

  describe('what is malformed is a problem without a value, and no event', () => {
    const register = (body: unknown) => server.call('POST', '/api/customers', { body });
    const withIdentity = (identity: unknown) => register({ category: 'private', identity });
    const order = (voucher: object) =>
      server.call('POST', `/api/customers/${id}/orders`, {
        body: {
          voucher: { date: '2026-03-02', buyer: {}, total: '1', currency: 'EUR', ...voucher },
        },
      });
    const deep = '['.repeat(50_000) + ']'.repeat(50_000);

    it.each([
      [
        'an unknown field',
        () => register({ category: 'private', identity: IDENTITY, [CANARY]: 1 }),
      ],
      ['an unknown nested field', () => withIdentity({ ...IDENTITY, [CANARY]: CANARY })],
      ['a number for text', () => withIdentity({ lastName: 5 })],
      ['an object for text', () => withIdentity({ lastName: { $ne: CANARY } })],
      ['a list for an object', () => withIdentity([CANARY])],
      ['text for an object', () => withIdentity(CANARY)],
      ['null where something must be', () => withIdentity(null)],
      ['a category that is none', () => register({ category: CANARY, identity: IDENTITY })],
      ['NUL', () => withIdentity({ lastName: `${CANARY}\u0000` })],
      ['a control character', () => withIdentity({ lastName: `${CANARY}\u001b[2J` })],
      ['a lone surrogate', () => withIdentity({ lastName: `${CANARY}\ud800` })],
      [
        'an escaped lone surrogate',
        () => register(`{"category":"private","identity":{"lastName":"${CANARY}\\udfff"}}`),
      ],
      ['empty text', () => withIdentity({ lastName: '' })],
      ['text that is too long', () => withIdentity({ lastName: CANARY.repeat(100) })],
      ['malformed JSON', () => register(`{"category": ${CANARY}`)],
      ['JSON that is no object', () => register(`["${CANARY}"]`)],
      [
        'a prototype',
        () => register(`{"__proto__":{"category":"${CANARY}"},"category":"private"}`),
      ],
      ['nesting without end', () => register(`{"category":"private","identity":${deep}}`)],
      ['no body', () => server.call('POST', '/api/customers')],
      ['a date that does not exist', () => order({ date: '2026-02-30' })],
      ['a date of another form', () => order({ date: '2.3.2026' })],
      ['an amount as a number', () => order({ total: 12.5 })],
      ['an amount of another form', () => order({ total: '12,50' })],
      ['a currency of another form', () => order({ currency: 'euro' })],
      [
        'too many lines',
        () => order({ lines: Array.from({ length: 501 }, () => ({ description: 'x' })) }),
      ],
      ['an id that is none', () => server.call('GET', `/api/customers/${CANARY}`)],
      ['a case number that is none', () => server.call('GET', `/api/erasures/${CANARY}`)],
      ['a limit that is none', () => server.call('GET', `/api/customers/${id}/vouchers?limit=0`)],
      ['a limit given twice', () => server.call('GET', `/api/erasures?limit=1&limit=2`)],
      ['a cursor that is none', () => server.call('GET', `/api/erasures?cursor=${CANARY}`)],
      [
        'an instant without a zone',
        () => server.call('GET', `/api/customers/${id}/as-of?at=2026-01-01T00:00:00`),
      ],
      ['a position to come', () => server.call('GET', `/api/customers/${id}?after=zzz`)],
      ['an address that cannot be read', () => server.call('GET', `/api/customers/%zz${CANARY}`)],
    ])('%s', async (_, send) => {
      const answer = await send();
      expect(answer.status).toBe(400);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(answer.body.type).toBe(`/problems/${answer.body.code}`);
      expect(answer.text).not.toContain(CANARY);
      expect(server.lines.join('')).not.toContain(CANARY);
      expect(await head()).toBe(position);
    });

    it.each([
      [
        'a body of 10 MB',
        { body: JSON.stringify({ x: 'a'.repeat(10_000_000) }) },
        413,
        'body-too-large',
      ],
      [
        'another media type',
        { body: 'a=b', headers: { 'content-type': 'text/plain' } },
        415,
        'media-type',
      ],
    ])('%s', async (_, call, status, code) => {
      const answer = await server.call('POST', '/api/customers', call).catch(() => undefined);
      // The server may end the connection before it has taken all of a body that it refuses.
      if (answer !== undefined) expect([answer.status, answer.body.code]).toEqual([status, code]);
      expect(await head()).toBe(position);
    });
  });

  it('says which field breaks which rule', async () => {
    const answer = await server.call('POST', '/api/customers', {
      body: { category: 'private', identity: IDENTITY, contact: { address: { city: 7 } } },
    });
    expect(answer.body.errors).toEqual([
      { field: 'contact.address.city', rule: 'text', hint: expect.any(String) },
    ]);
  });

  it('wants somebody to be named', async () => {
    const body = { category: 'private', identity: { businessId: '1' } };
    const answer = await server.call('POST', '/api/customers', { body });
    expect([answer.status, answer.body.code]).toEqual([422, 'name-missing']);
  });

  it('does not know the ids of another customer', async () => {
    const other = await server.registered();
    const invoice = await server.call('POST', `/api/customers/${other.id}/invoices`, {
      body: { voucher: { date: '2026-03-02', buyer: {}, total: '1', currency: 'EUR' } },
    });
    const settled = await server.call(
      'POST',
      `/api/customers/${id}/invoices/${invoice.body.id}/settle`,
      { body: { on: '2026-03-03' } },
    );
    expect([settled.status, settled.body.code]).toEqual([404, 'invoice-not-found']);
    const nobody = await server.call('PUT', `/api/customers/${randomUUID()}/bans/market-research`);
    expect([nobody.status, nobody.body.code]).toEqual([404, 'customer-not-found']);
  });

  it.each([
    ['no token', { authorization: '' }, 401, 'token-invalid'],
    ['a token that is none', { authorization: 'Bearer pl_x' }, 401, 'token-invalid'],
    ['no purpose', { 'processing-purpose': '' }, 400, 'purpose-missing'],
    ['a purpose that is none', { 'processing-purpose': 'curiosity' }, 400, 'purpose-unknown'],
    ['no key', { 'idempotency-key': '' }, 400, 'idempotency-key'],
    ['a key that is no UUID', { 'idempotency-key': '17' }, 400, 'idempotency-key'],
    ['a source that is none', { 'data-source': 'gossip' }, 400, 'data-source'],
    ["the ledger's own source", { 'data-source': 'ledger' }, 400, 'data-source'],
    ['a weak ETag', { 'if-match': 'W/"0"' }, 400, 'if-match'],
  ])('%s', async (_, headers, status, code) => {
    const answer = await server.call('POST', '/api/customers', {
      headers,
      body: { category: 'private', identity: IDENTITY },
    });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    if (status === 401) expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('carries a command out once', async () => {
    const key = randomUUID();
    const body = { category: 'private', identity: IDENTITY };
    const first = await server.call('POST', '/api/customers', { key, body });
    const again = await server.call('POST', '/api/customers', { key: key.toUpperCase(), body });
    expect(again.status).toBe(201);
    expect(again.body).toMatchObject({
      id: first.body.id,
      events: first.body.events,
      repeated: true,
    });
    const other = await server.call('POST', '/api/customers', {
      key,
      body: { ...body, category: 'company' },
    });
    expect([other.status, other.body.code]).toEqual([422, 'idempotency-key-reused']);
  });

  it('carries the same command out once, sent many times at once', async () => {
    const key = randomUUID();
    const body = { category: 'private', identity: IDENTITY };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => server.call('POST', '/api/customers', { key, body })),
    );
    expect(new Set(answers.map((answer) => answer.body.events[0]?.id)).size).toBe(1);
    expect(answers.filter((answer) => !answer.body.repeated)).toHaveLength(1);
  });

  it('lets one of concurrent changes through, by the ETag', async () => {
    const mine = await server.registered();
    const change = (lastName: string) =>
      server.call('PATCH', `/api/customers/${mine.id}/identity`, {
        body: { lastName },
        headers: { 'if-match': '"0"' },
      });
    const answers = await Promise.all(['A', 'B', 'C', 'D'].map(change));
    const statuses = answers.map((answer) => answer.status).sort();
    expect(statuses).toEqual([200, 412, 412, 412]);
    expect(answers.find((answer) => answer.status === 412)?.body.code).toBe('changed-meanwhile');
  });

  it('keeps a customer number unique', async () => {
    const body = { category: 'private', identity: { ...IDENTITY, customerNumber: 'N-7' } };
    expect((await server.call('POST', '/api/customers', { body })).status).toBe(201);
    const second = await server.call('POST', '/api/customers', { body });
    expect([second.status, second.body.code]).toEqual([409, 'customer-number-in-use']);
  });

  it('takes no cursor of another list', async () => {
    await server.registered();
    await server.registered();
    const page = await server.call('POST', '/api/customers/search', { body: { limit: 1 } });
    const { cursor } = page.body;
    expect(Buffer.from(cursor, 'base64url').toString('latin1')).not.toContain('2026');
    const moved = await server.call('GET', `/api/erasures?cursor=${cursor}`);
    expect([moved.status, moved.body.code]).toEqual([400, 'cursor']);
    const flipped = cursor.slice(0, -2) + (cursor.endsWith('A') ? 'BB' : 'AA');
    const tampered = await server.call('POST', '/api/customers/search', {
      body: { limit: 1, cursor: flipped },
    });
    expect([tampered.status, tampered.body.code]).toEqual([400, 'cursor']);
  });

  it('answers what is not HTTP, and goes on', async () => {
    const { port } = new URL(server.running.url);
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => socket.write(`${CANARY}\r\n\r\n`));
      let text = '';
      socket.on('data', (bytes) => (text += bytes.toString()));
      socket.on('close', () => {
        resolve(text);
      });
    });
    expect(answer).toContain('400');
    expect(answer).not.toContain(CANARY);
    expect((await server.call('GET', '/api/register')).status).toBe(200);
  });
});
