import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { TestServer } from './http-server.js';

const CANARIES = ['Kanaria', 'Keltainen', 'kanaria@lintu.example', '+358401112223', 'Lintukatu 1'];
const [FIRST, LAST, EMAIL, PHONE, STREET] = CANARIES;
const RIGHTS = { 'processing-purpose': 'data-subject-rights' };
const EARLY = '2020-01-01T00:00:00Z';
const LATE = '2100-01-01T00:00:00Z';

interface Shown {
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly metadata: { readonly actor: string; readonly recordedAt: string };
}

/** An answer of an audit route. */
interface Heard {
  readonly events: readonly Shown[];
  readonly touches: readonly { readonly type: string; readonly how: string }[];
  readonly linked: readonly string[];
  readonly cursor?: string;
  readonly errors: unknown;
}

describe('the log over HTTP for auditors', () => {
  let server: TestServer;
  let auditor: string;
  let person: string;
  let company: string;
  const texts: string[] = [];

  /** What an auditor is answered. */
  async function hear(path: string, body?: object) {
    const method = body === undefined ? 'GET' : 'POST';
    const answer = await server.call(method, path, { token: auditor, body });
    texts.push(answer.text);
    return { ...answer, heard: JSON.parse(answer.text) as Heard };
  }

  beforeAll(async () => {
    server = await TestServer.start();
    auditor = await server.token('auditor');
    const named = {
      identity: { firstName: FIRST, lastName: LAST },
      contact: { email: EMAIL, phone: PHONE, address: { street: STREET } },
    };
    person = (await server.registered(named)).id;
    company = (
      await server.registered({ category: 'company', identity: { organisationName: LAST } })
    ).id;
    const role = { organisation: company, affiliation: { organisation: LAST }, on: '2026-03-02' };
    const started = await server.call('POST', `/api/customers/${person}/contact-roles`, {
      body: role,
    });
    expect(started.status).toBeLessThan(300);
    const restricted = await server.call('POST', `/api/customers/${person}/restriction`, {
      body: { ground: 'accuracy-contested' },
      headers: RIGHTS,
    });
    expect(restricted.status).toBe(200);
  });
  afterAll(() => server.stop());

  it('gives events with who, when and why, and of envelopes nothing but the keys', async () => {
    const { status, heard } = await hear(`/api/audit/events?customer=${person}`);
    expect(status).toBe(200);
    expect(heard.events.map(({ type }) => type)).toEqual([
      'CustomerRegistered',
      'ContactRoleStarted',
      'ProcessingRestricted',
    ]);
    expect(heard.events[0]).toMatchObject({
      revision: 0,
      metadata: { purpose: 'customer-register', source: 'staff' },
      data: { category: 'private' },
      sealed: [
        { subject: person, category: 'identity', scope: 'g1' },
        { subject: person, category: 'contact', scope: 'g1' },
      ],
    });
    expect(heard.cursor).toBeUndefined();
  });

  it('takes conditions together', async () => {
    const typesBy = async (query: string) =>
      (await hear(`/api/audit/events?limit=500&${query}`)).heard.events.map(({ type }) => type);
    const restricted = ['ProcessingRestricted'];
    expect(await typesBy('purpose=data-subject-rights')).toEqual(restricted);
    expect(await typesBy('type=ProcessingRestricted')).toEqual(restricted);
    expect(await typesBy(`type=ProcessingRestricted&customer=${company}`)).toEqual([]);
    expect(await typesBy(`type=ProcessingRestricted&from=${LATE}`)).toEqual([]);
    expect(await typesBy(`to=${EARLY}`)).toEqual([]);
    const own = await typesBy('actor=ledger');
    expect(own.length).toBeGreaterThan(0);
    expect(own).not.toContain('CustomerRegistered');
  });

  it('pages through the log, each event once, while others append', async () => {
    const before = (await hear('/api/audit/events?limit=500')).heard.events.map(({ id }) => id);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const more = cursor === undefined ? '' : `&cursor=${cursor}`;
      const { heard, status } = await hear(`/api/audit/events?limit=2${more}`);
      expect(status).toBe(200);
      seen.push(...heard.events.map(({ id }) => id));
      cursor = heard.cursor;
      await server.registered();
    } while (cursor !== undefined && seen.length < 1000);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.slice(0, before.length)).toEqual(before);
    const after = await hear('/api/audit/events?limit=500');
    expect(after.heard.events.length).toBeGreaterThan(seen.length);
  });

  it('takes a cursor of the same list alone', async () => {
    const { heard } = await hear('/api/audit/events?limit=1');
    for (const query of ['limit=1&type=ProcessingRestricted', `limit=1&customer=${person}`]) {
      const { status, body } = await hear(`/api/audit/events?${query}&cursor=${heard.cursor}`);
      expect([status, body.code]).toEqual([400, 'cursor']);
    }
  });

  it.each([
    ['from=yesterday', 'from', 'instant'],
    [`from=${LATE}&to=${EARLY}`, 'to', 'order'],
    ['type=CustomerRegisterd', 'type', 'event-type'],
    ['actor=Maija%20Virtanen', 'actor', 'actor'],
    ['customer=O-1', 'customer', 'uuid'],
    ['limit=501', 'limit', 'limit'],
  ])('refuses %s, naming field, rule and what would be right', async (query, field, rule) => {
    const { status, heard } = await hear(`/api/audit/events?${query}`);
    expect(status).toBe(400);
    expect(heard.errors).toEqual([{ field, rule, hint: expect.stringMatching(/^must /) }]);
  });

  it('tells who touched a person, on whatever stream', async () => {
    const touchesOf = async (id: string) => {
      const { status, heard } = await hear(`/api/audit/customers/${id}/touched`);
      expect(status).toBe(200);
      return heard.touches.map(({ type, how }) => `${type} ${how}`);
    };
    expect(await touchesOf(person)).toEqual([
      'CustomerRegistered own',
      'ContactRoleStarted own',
      'ProcessingRestricted own',
    ]);
    expect(await touchesOf(company)).toEqual([
      'CustomerRegistered own',
      'ContactRoleStarted named',
    ]);
  });

  it('knows nothing of who is not there', async () => {
    for (const path of [
      `/api/audit/events?customer=${randomUUID()}`,
      `/api/audit/customers/${randomUUID()}/touched`,
    ]) {
      const { status, body } = await hear(path);
      expect([status, body.code]).toEqual([404, 'customer-not-found']);
    }
  });

  it('counts the register at an instant, and keeps the figures for who asks again', async () => {
    const { status, body } = await hear('/api/audit/figures', { at: LATE });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      state: 'done',
      figures: { restricted: 1, erased: 0, held: { byHold: { 'contact-person': 1 } } },
    });
    expect(Date.parse(String((body as { at?: unknown }).at))).toBeLessThan(Date.parse(LATE));
    const again = await hear(`/api/audit/figures/${body.id}`);
    expect(again.body).toEqual(body);
    const before = await hear('/api/audit/figures', { at: EARLY });
    expect(before.body).toMatchObject({ figures: { customers: { total: 0 } } });
  });

  it('has no figures under an id that it never gave, and takes no instant that is none', async () => {
    const { status, body } = await hear(`/api/audit/figures/${randomUUID()}`);
    expect([status, body.code]).toEqual([404, 'job-not-found']);
    const refused = await hear('/api/audit/figures', { at: 'yesterday' });
    expect([refused.status, refused.body.code]).toEqual([400, 'invalid-input']);
  });

  it('is for historians: staff may not', async () => {
    const token = await server.token('staff');
    for (const path of ['events', `customers/${person}/touched`, `figures/${randomUUID()}`]) {
      const answer = await server.call('GET', `/api/audit/${path}`, { token });
      expect([path, answer.status, answer.body.code]).toEqual([path, 403, 'role-missing']);
    }
    const answer = await server.call('POST', '/api/audit/figures', { token, body: { at: LATE } });
    expect([answer.status, answer.body.code]).toEqual([403, 'role-missing']);
  });

  it('holds no value of a person, and no ciphertext', () => {
    expect(texts.length).toBeGreaterThan(20);
    const all = texts.join('\n');
    expect(all).toContain('CustomerRegistered');
    for (const word of [...CANARIES, 'ciphertext', 'commitment', 'nonce']) {
      expect(all).not.toContain(word);
    }
  });
});
