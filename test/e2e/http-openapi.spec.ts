import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Schema from 'typebox/schema';

import { isJsonObject } from '#kernel';
import type { Json, JsonObject } from '#kernel';

import type { Answer } from './http-server.js';
import { TestServer } from './http-server.js';

const VOUCHER = {
  date: '2026-03-02',
  buyer: { name: 'Maija Virtanen' },
  total: '12.50',
  currency: 'EUR',
};
const PUBLIC = ['/api/openapi.json', '/api/docs'];
/** What a tile holds never changes. */
const IMMUTABLE = '/evidence/tile/';

/** One operation of the document. */
interface Operation {
  readonly method: string;
  readonly path: string;
  readonly responses: JsonObject;
}

describe("the API's description", () => {
  let server: TestServer;
  let document: JsonObject;
  let operations: readonly Operation[];

  beforeAll(async () => {
    server = await TestServer.start();
    const { text } = await server.call('GET', '/api/openapi.json');
    document = JSON.parse(text) as JsonObject;
    operations = Object.entries(at(document, 'paths')).flatMap(([path, item]) =>
      Object.entries(isJsonObject(item) ? item : {}).map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        responses: isJsonObject(operation) ? at(operation, 'responses') : {},
      })),
    );
  });
  afterAll(() => server.stop());

  /** A schema with its references put in place. */
  function whole(schema: Json | undefined): Json {
    if (Array.isArray(schema)) return schema.map(whole);
    if (!isJsonObject(schema)) return schema ?? null;
    if (typeof schema.$ref === 'string') {
      const name = schema.$ref.replace('#/components/schemas/', '');
      const found = at(at(document, 'components'), 'schemas')[name];
      expect([name, isJsonObject(found)]).toEqual([name, true]);
      return whole(found);
    }
    return Object.fromEntries(Object.entries(schema).map(([name, one]) => [name, whole(one)]));
  }

  function success({ responses }: Operation): readonly JsonObject[] {
    return Object.entries(responses)
      .filter(([status]) => status.startsWith('2'))
      .flatMap(([, response]) => (isJsonObject(response) ? [at(response, 'content')] : []));
  }

  function operation(method: string, path: string): Operation {
    const found = operations.find((one) => one.method === method && one.path === path);
    if (found === undefined) throw new Error(`${method} ${path} is not described`);
    return found;
  }

  it('has every schema that it refers to', () => {
    const named = Object.keys(at(at(document, 'components'), 'schemas'));
    const refers = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]*)"/g)];
    const missing = refers.map(([, name]) => name ?? '').filter((name) => !named.includes(name));
    expect(missing).toEqual([]);
    expect(named).toEqual(expect.arrayContaining(['IdentityBody', 'ContactBody', 'BuyerBody']));
  });

  it('says of every operation what it answers, and what its problems look like', () => {
    expect(operations.length).toBeGreaterThan(30);
    for (const one of operations) {
      const schemas = success(one).flatMap((content) =>
        Object.values(content).map((media) => (isJsonObject(media) ? whole(media.schema) : null)),
      );
      const named = `${one.method} ${one.path}`;
      expect([named, schemas.length > 0]).toEqual([named, true]);
      for (const schema of schemas) {
        const says = isJsonObject(schema) && ('properties' in schema || schema.type === 'string');
        expect([named, says]).toEqual([named, true]);
      }
      const problem = at(at(one.responses, 'default'), 'content');
      expect([named, Object.keys(problem)]).toEqual([named, ['application/problem+json']]);
    }
  });

  it('says it truly: answers have the form that it gives them, and are kept by nobody', async () => {
    const answers = await answersOf(server);
    const seen = new Set<string>();
    for (const [method, path, answer] of answers) {
      const named = `${method} ${path}`;
      seen.add(named);
      expect([named, answer.status < 300]).toEqual([named, true]);
      const kept = path.startsWith(IMMUTABLE) ? 'private, max-age=31536000, immutable' : 'no-store';
      expect([named, answer.headers.get('cache-control')]).toEqual([named, kept]);
      const [content] = success(operation(method, path));
      const media = answer.headers.get('content-type')?.split(';', 1)[0] ?? '';
      const schema = whole(at(at(content ?? {}, media), 'schema'));
      const body: unknown = media === 'application/json' ? JSON.parse(answer.text) : answer.text;
      const errors = isJsonObject(schema) ? Schema.Errors(schema, body)[1] : ['no schema'];
      expect([named, errors]).toEqual([named, []]);
    }
    const missed = operations
      .map(({ method, path }) => `${method} ${path}`)
      .filter((named) => named.startsWith('GET') && !seen.has(named));
    expect(missed).toEqual([]);
  });

  it('lets nobody keep an answer or a problem, but of what is public', async () => {
    for (const { method, path } of operations) {
      const address = path.replaceAll(/\{\w+\}/g, randomUUID());
      for (const headers of [{}, { authorization: '' }]) {
        const answer = await server.call(method, address, { headers });
        expect([path, answer.headers.get('cache-control')]).toEqual([path, 'no-store']);
      }
    }
    const unknown = await server.call('GET', '/api/nothing');
    expect([unknown.status, unknown.headers.get('cache-control')]).toEqual([404, 'no-store']);
    for (const path of PUBLIC) {
      const answer = await server.call('GET', path, { headers: { authorization: '' } });
      expect(answer.headers.get('cache-control')).toContain('public');
    }
  });

  it('is shown to people with its answers', async () => {
    const { text } = await server.call('GET', '/api/docs');
    expect(text).toContain('CustomerWithLinked</a> (application/json)');
    expect(text).toContain('ProblemDetails</a> (application/problem+json)');
  });
});

type Asked = readonly [method: string, path: string, answer: Answer];

/** Answers of every GET and of commands, with all that they can hold. */
async function answersOf(server: TestServer): Promise<readonly Asked[]> {
  const asked: Asked[] = [];
  const ids: Record<string, string> = { version: '1', name: 'mentions' };
  const ask = async (method: string, path: string, body?: object, query = '') => {
    const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? '');
    const answer = await server.call(method, address + query, { body });
    asked.push([method, path, answer]);
    return answer.body;
  };
  const customer = '/api/customers/{id}';
  const contact = { email: 'maija@example.fi', address: { city: 'Turku' } };
  const identity = { lastName: 'Virtanen', customerNumber: 'O-1' };
  ids.id = (await ask('POST', '/api/customers', { category: 'private', identity, contact })).id;
  const company = { category: 'company', identity: { organisationName: 'Oy Ab' }, contact };
  const kept = (await ask('POST', '/api/customers', company)).id;
  await ask('PATCH', `${customer}/affiliation`, { organisation: 'Oy Ab', title: 'Ostaja' });
  await ask('PATCH', `${customer}/contact`, { phone: '1', email: null });
  const order = await ask('POST', `${customer}/orders`, { voucher: VOUCHER });
  await ask('POST', `${customer}/invoices`, { order: order.id, voucher: VOUCHER });
  const old = { ...VOUCHER, date: '2012-03-02' };
  ids.invoice = (await ask('POST', `${customer}/invoices`, { voucher: old })).id;
  ids.use = 'direct-marketing';
  await ask('PUT', `${customer}/bans/{use}`);
  await ask('POST', `${customer}/merge`, { absorbed: kept });
  await ask('POST', `${customer}/erasure/preview`, {});
  const reply = { email: 'maija@example.fi', language: 'fi' };
  const erasure = await ask('POST', `${customer}/erasure`, { ground: 'objection', reply });
  ids.case = erasure.case;
  const settled = { on: '2026-03-20' };
  const { position } = await ask('POST', `${customer}/invoices/{invoice}/settle`, settled);
  const after = `?after=${position}`;
  await ask('GET', customer, undefined, after);
  await ask('GET', `${customer}/vouchers`, undefined, `${after}&limit=1`);
  await ask('GET', `${customer}/history`, undefined, `${after}&limit=3`);
  await ask('GET', `${customer}/history`);
  await ask('GET', `${customer}/as-of`, undefined, '?at=2100-01-01T00:00:00Z');
  await ask('POST', '/api/customers/search', { name: 'virta', after: position });
  await ask('GET', '/api/erasures', undefined, '?limit=1');
  await ask('GET', '/api/erasures/{case}', undefined, after);
  ids.event = await receiptOf(server, erasure.case);
  const copy = '/api/erasures/{case}/receipts/{event}/copy';
  for (const format of ['json', 'pdf'])
    await ask('GET', copy, undefined, `?wait=true&format=${format}`);
  for (const path of ['/api/register', '/api/register/notices', '/api/events/catalogue']) {
    await ask('GET', path);
  }
  await ask('GET', '/api/register/notices/{version}/text');
  await ask('GET', '/api/audit/events', undefined, '?limit=3');
  await ask('GET', '/api/audit/events', undefined, `?customer=${ids.id}`);
  await ask('GET', '/api/audit/customers/{id}/touched');
  const figures = await ask('POST', '/api/audit/figures', { at: '2100-01-01T00:00:00Z' });
  ids.job = figures.id;
  await ask('GET', '/api/audit/figures/{job}');
  for (const path of ['/api/views', '/api/keys', '/api/tokens']) await ask('GET', path);
  ids.event = order.events[0]?.id ?? '';
  await ask('GET', '/evidence/receipts/{event}', undefined, '?wait=true');
  Object.assign(ids, { level: '0', path: '000.p/2' });
  await ask('GET', '/evidence/tile/{level}/{path}');
  for (const path of ['/evidence/tile/entries/{path}', '/evidence/checkpoint', '/api/evidence']) {
    await ask('GET', path);
  }
  await ask('POST', '/api/evidence/checkpoints');
  await ask('POST', '/api/tokens', { role: 'staff', label: 'a test' });
  await ask('POST', '/api/views/{name}/retry');
  await ask('POST', '/api/views/{name}/rebuild');
  return asked;
}

/** The first receipt of a case, once its erasure is done; the test's own time limit ends it. */
async function receiptOf(server: TestServer, number: string): Promise<string> {
  for (;;) {
    const { body } = await server.call('GET', `/api/erasures/${number}`);
    for (const { receipts } of body.parts) {
      const [receipt] = receipts as readonly { readonly event: string }[];
      if (receipt !== undefined) return receipt.event;
    }
  }
}

function at(of: JsonObject, name: string): JsonObject {
  const value = of[name];
  return isJsonObject(value) ? value : {};
}
