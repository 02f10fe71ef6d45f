import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { TestServer } from './http-server.js';

const RIGHTS = { 'processing-purpose': 'data-subject-rights' };
/** What only reads, and yet takes a body. */
const ASKS_IN_BODY = '/api/audit/figures';
const CANARIES = ['Kanaria', 'Keltainen', 'kanaria@lintu.example', '+358401112223', 'Lintukatu 1'];

interface Operation {
  readonly method: string;
  readonly path: string;
}

describe('roles', () => {
  let server: TestServer;
  let operations: Operation[];
  let ids: Readonly<Record<'id' | 'case' | 'invoice' | 'version', string>>;

  beforeAll(async () => {
    server = await TestServer.start();
    const openApi = await server.call('GET', '/api/openapi.json', {
      headers: { authorization: '' },
    });
    const { paths } = openApi.body;
    operations = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => ({ method: method.toUpperCase(), path })),
    );
    const { id } = await server.registered({
      identity: { firstName: CANARIES[0], lastName: CANARIES[1] },
      contact: { email: CANARIES[2], phone: CANARIES[3], address: { street: CANARIES[4] } },
    });
    const invoice = await server.call('POST', `/api/customers/${id}/invoices`, {
      body: {
        voucher: {
          date: '2026-03-02',
          buyer: { name: CANARIES[0], address: { street: CANARIES[4] } },
          total: '1',
          currency: 'EUR',
        },
      },
    });
    const asked = await server.call('POST', `/api/customers/${id}/erasure`, {
      body: { ground: 'objection', reply: { email: CANARIES[2], language: 'sv' } },
    });
    ids = { id, case: asked.body.case, invoice: invoice.body.id, version: '1' };
  });
  afterAll(async () => {
    await server.stop();
  });

  function address(path: string): string {
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
      isKnown(name) ? ids[name] : randomUUID(),
    );
    return path.endsWith('as-of') ? `${filled}?at=2100-01-01T00:00:00Z` : filled;
  }

  function isKnown(name: string): name is keyof typeof ids {
    return Object.hasOwn(ids, name);
  }

  it('gives an auditor no value, on any route', async () => {
    const token = await server.token('auditor');
    const answers = [];
    for (const { method, path } of operations) {
      const body = method === 'GET' ? {} : { body: {} };
      const answer = await server.call(method, address(path), {
        token,
        headers: RIGHTS,
        ...body,
      });
      answers.push(`${method} ${path} ${answer.status}`);
      for (const canary of CANARIES) expect(answer.text).not.toContain(canary);
      // Writing and searching by values is not an auditor's; reading metadata is.
      if (method !== 'GET') expect(answer.status).toBe(path === ASKS_IN_BODY ? 400 : 403);
    }
    expect(operations.length).toBeGreaterThan(30);
    const readable = answers.filter((line) => line.startsWith('GET') && line.endsWith('200'));
    expect(readable.length).toBeGreaterThan(9);
  });

  it('shows an officer the same values', async () => {
    const token = await server.token('officer');
    const read = await server.call('GET', `/api/customers/${ids.id}/history`, {
      token,
      headers: RIGHTS,
    });
    expect(read.text).toContain(CANARIES[3]);
  });

  it('wants a token on every route', async () => {
    for (const { method, path } of operations) {
      const answer = await fetch(server.running.url + address(path), { method });
      expect([method, path, answer.status]).toEqual([method, path, 401]);
      expect(await answer.json()).toMatchObject({ code: 'token-missing' });
    }
  });

  it.each([
    ['staff', 'POST', '/api/customers/{id}/erasure'],
    ['staff', 'POST', '/api/customers/{id}/restriction'],
    ['staff', 'POST', '/api/customers/{id}/lost-keys'],
    ['staff', 'GET', '/api/customers/{id}/history'],
    ['staff', 'POST', '/api/tokens'],
    ['officer', 'POST', '/api/tokens'],
    ['officer', 'POST', '/api/views/customers/rebuild'],
  ])('does not let %s %s %s', async (role, method, path) => {
    const token = await server.token(role);
    const body = method === 'GET' ? {} : { body: {} };
    const answer = await server.call(method, address(path), { token, ...body });
    expect([answer.status, answer.body.code]).toEqual([403, 'role-missing']);
  });

  it('ends a token at once', async () => {
    const made = await server.call('POST', '/api/tokens', {
      body: { role: 'staff', label: 'to be revoked' },
    });
    const { id, token } = made.body;
    expect((await server.call('GET', '/api/register', { token })).status).toBe(200);
    expect((await server.call('POST', `/api/tokens/${id}/revoke`)).status).toBe(200);
    expect((await server.call('GET', '/api/register', { token })).status).toBe(401);
    expect((await server.call('GET', '/api/tokens')).text).not.toContain(token);
  });

  it('tells metrics and logs nothing of a person', async () => {
    const metrics = await server.call('GET', '/metrics', { headers: { authorization: '' } });
    expect(metrics.text).toContain('ledger_erasures_waiting 1');
    expect(metrics.text).toContain('route="/api/customers/:id/history"');
    for (const canary of CANARIES) {
      expect(metrics.text).not.toContain(canary);
      expect(server.lines.join('')).not.toContain(canary);
    }
    expect(server.lines.join('')).not.toContain(ids.id);
  });

  it('describes itself to people, without script', async () => {
    const page = await server.call('GET', '/api/docs', { headers: { authorization: '' } });
    expect(page.text).toContain('/api/customers/{id}/erasure');
    expect(page.text).not.toContain('<script');
    const problem = await server.call('GET', '/problems/restricted');
    expect(problem.text).toContain('Käsittelyä on rajoitettu');
    expect((await server.call('GET', '/problems/nothing')).status).toBe(404);
  });
});
