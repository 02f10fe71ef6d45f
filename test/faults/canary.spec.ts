import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { JsonObject } from '#kernel';

import { CANARY, canariesIn, everything, filesUnder, formsOf } from './support/canaries.js';
import { makeFolder, ON_SERVERS, removeFolder } from '../engines/places.js';
import { environmentOf } from './support/folder.js';
import type { Answered, Asked } from './support/server-child.js';
import { ServerChild, textIn } from './support/server-child.js';
import { until } from './support/until.js';

const LIMIT = 120_000;
const C = CANARY;
const ADDRESS = {
  street: C.street,
  postalCode: C.postalCode,
  city: C.city,
  region: C.region,
  country: C.country,
};
const CONTACT = { email: C.email, phone: C.phone, address: ADDRESS };
const PERSON = {
  category: 'private',
  identity: { firstName: C.firstName, lastName: C.lastName, customerNumber: C.number },
  contact: CONTACT,
  affiliation: { organisation: C.organisation, title: C.title },
};
const VOUCHER = {
  number: C.voucher,
  date: '2012-03-02',
  buyer: { name: C.buyer, address: ADDRESS },
  lines: [{ description: C.line, quantity: '1', amount: '12.50' }],
  total: '12.50',
  currency: 'EUR',
};
const ON = { on: '2026-04-01' };

/** What follows needs what came before: one life, looked through after each of its steps. */
describe('a value of a person is nowhere in clear', () => {
  let folder: string;
  let outside: string;
  let server: ServerChild;
  let person: string;
  let company: string;
  const refused: string[] = [];

  beforeAll(async () => {
    folder = await makeFolder('canary');
    outside = await mkdtemp(join(tmpdir(), 'ledger-canary-in-'));
    server = await ServerChild.start(folder);
  }, LIMIT);
  afterAll(async () => {
    await server.stop();
    await removeFolder(folder);
    await rm(outside, { recursive: true, force: true });
  }, LIMIT);

  it('would be found, in whatever form', () => {
    const padded = (bytes: Buffer) => Buffer.concat([Buffer.from('ab'), bytes, Buffer.from('cd')]);
    for (const value of Object.values(CANARY)) {
      for (const [form, bytes] of formsOf(value)) {
        expect([form, canariesIn(padded(bytes)).length > 0]).toEqual([form, true]);
      }
      for (const before of ['', 'x', 'xy']) {
        const encoded = Buffer.from(`${before}${value}tail`).toString('base64');
        expect(canariesIn(Buffer.from(encoded))).not.toEqual([]);
      }
    }
  });

  it('after registrations', async () => {
    person = await registered(PERSON);
    company = await registered({
      category: 'company',
      identity: { organisationName: C.organisationName, businessId: C.businessId },
    });
    expect(await leaks()).toEqual([]);
  });

  it('after changes, and after what is removed', async () => {
    const at = `/api/customers/${person}`;
    await done('PATCH', `${at}/contact`, { body: { email: C.changedMail } });
    await done('PATCH', `${at}/contact`, { body: { phone: null } });
    await done('PATCH', `${at}/identity`, { body: { lastName: C.changedName } });
    await done('PATCH', `${at}/affiliation`, { body: { title: C.title, organisation: C.city } });
    expect(await leaks()).toEqual([]);
  });

  it('after orders, invoices and their contact person', async () => {
    const role = { organisation: company, affiliation: PERSON.affiliation, on: '2026-01-01' };
    await done('POST', `/api/customers/${person}/contact-roles`, { body: role });
    const placedBy = { customer: person, name: C.mention, title: C.title };
    await done('POST', `/api/customers/${company}/orders`, {
      body: { voucher: VOUCHER, placedBy },
    });
    const order = await done('POST', `/api/customers/${person}/orders`, {
      body: { voucher: VOUCHER },
    });
    const invoice = await done('POST', `/api/customers/${person}/invoices`, {
      body: { order: order.id, voucher: VOUCHER },
    });
    const at = `/api/customers/${person}/invoices/${textIn(invoice, 'id')}`;
    await done('POST', `${at}/collection/start`, { body: ON });
    await done('POST', `${at}/collection/end`, { body: ON });
    await done('POST', `${at}/settle`, { body: ON });
    const ended = `/api/customers/${person}/contact-roles/${company}/end`;
    await done('POST', ended, { body: ON });
    expect(await leaks()).toEqual([]);
  });

  it('after reading and searching', async () => {
    const searches = [
      { email: C.changedMail },
      { phone: C.phone },
      { customerNumber: C.number },
      { name: C.firstName },
      { organisation: C.organisationName },
    ];
    for (const body of searches) await done('POST', '/api/customers/search', { body });
    const found = await server.call('POST', '/api/customers/search', {
      body: { name: C.firstName },
    });
    expect(found.text).toContain(C.firstName);
    const at = `/api/customers/${person}`;
    for (const path of ['', '/history', '/vouchers', `/as-of?at=${new Date().toISOString()}`]) {
      await done('GET', at + path);
    }
    expect(await leaks()).toEqual([]);
  });

  it('in refusals', async () => {
    const key = '3f0a4a52-6c1e-4f0e-8a25-0b8f2f9f4a11';
    await done('POST', '/api/customers', { body: PERSON_WITHOUT_NUMBER, key });
    const again = { ...PERSON_WITHOUT_NUMBER, contact: { email: C.reply } };
    await refusedWith(422, 'POST', '/api/customers', { body: again, key });
    await refusedWith(409, 'POST', '/api/customers', { body: PERSON });
    const nobody = '/api/customers/7b0d6c10-35f0-4b1c-8a63-0a4d8a9be001';
    await refusedWith(404, 'PATCH', `${nobody}/contact`, { body: { email: C.email } });
    const stale = { body: { email: C.email }, headers: { 'if-match': '"0"' } };
    await refusedWith(412, 'PATCH', `/api/customers/${person}/contact`, stale);
    expect(await leaks()).toEqual([]);
  });

  it.each<readonly [string, Asked]>([
    ['a body that is no JSON', { body: `{"identity":{"firstName":"${C.malformed}"` }],
    ['a body that begins with it', { body: C.malformed }],
    ['a text', { body: `"${C.malformed}"` }],
    ['a wrong type', { body: { ...PERSON, identity: C.malformed } }],
    ['a list', { body: { ...PERSON, identity: { firstName: [C.malformed] } } }],
    ['a choice', { body: { ...PERSON, category: C.malformed } }],
    ['an unknown field', { body: { ...PERSON, unknown: C.malformed } }],
    ['the name of a field', { body: { ...PERSON, [C.malformed]: 1 } }],
    [
      'the name of a field within',
      { body: { ...PERSON, identity: { firstName: 'x', [C.malformed]: 1 } } },
    ],
    ['a NUL', { body: { ...PERSON, identity: { firstName: `${C.malformed}\u0000` } } }],
    ['half a surrogate', { body: `{"identity":{"firstName":"${C.malformed}\\ud800"}}` }],
    ['too long a value', { body: { ...PERSON, identity: { firstName: C.malformed.repeat(99) } } }],
    ['too large a body', { body: `{"a":"${C.malformed.repeat(100_000)}"}` }],
    ['a content type', { body: PERSON, headers: { 'content-type': C.malformed } }],
    ['a purpose', { body: PERSON, headers: { 'processing-purpose': C.malformed } }],
    ['a token', { body: PERSON, headers: { authorization: `Bearer ${C.malformed}` } }],
    ['an If-Match', { body: PERSON, headers: { 'if-match': C.malformed } }],
    ['a key', { body: PERSON, key: C.malformed }],
  ])('in the answer to %s', async (_, asked) => {
    const answer = await server.call('POST', '/api/customers', asked);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    keep(answer);
    expect(await leaks()).toEqual([]);
  });

  it.each([
    ['GET', `/api/customers/${C.malformed}`],
    ['GET', `/api/${C.malformed}`],
    ['GET', `/${C.malformed}?name=${C.malformed}`],
    ['GET', `/api/erasures/${C.malformed}`],
    ['GET', `/api/erasures?cursor=${C.malformed}`],
    ['GET', `/api/erasures?status=${C.malformed}`],
    ['GET', `/api/erasures?${C.malformed}=1`],
    ['PUT', `/api/customers/7b0d6c10-35f0-4b1c-8a63-0a4d8a9be001/bans/${C.malformed}`],
    ['POST', `/api/views/${C.malformed}/rebuild`],
    ['GET', `/api/customers/%ff${C.malformed}`],
  ])('in the answer to %s %s', async (method, path) => {
    const answer = await server.call(method, path);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    keep(answer);
    expect(await leaks()).toEqual([]);
  });

  it(
    'after an import beside the server, its refused rows too',
    async () => {
      const file = join(outside, 'old.csv');
      const rows = [
        'id,firstName,lastName,email,customerNumber',
        `1,${C.imported},${C.imported},${C.email},`,
        `2,${C.imported},${C.refused},${C.email},${C.number}`,
        `,${C.refused},${C.refused},,`,
        `4,${C.refused.repeat(40)},x,,`,
        `5,"${C.refused}`,
      ];
      await writeFile(file, rows.join('\n'));
      const map = join(outside, 'map.json');
      const says = { kind: 'customers', source: 'old', category: 'private', key: 'id' };
      await writeFile(map, JSON.stringify(says));
      const report = join(folder, 'refused.csv');
      for (const more of [['--dry-run'], [], ['--report', report]]) {
        const ran = await cli(['import', file, '--map', map, ...more]);
        expect([0, 2, 3]).toContain(ran.code);
        refused.push(ran.said);
      }
      await writeFile(file, rows.slice(0, -1).join('\n'));
      const whole = await cli(['import', file, '--map', map, '--report', report]);
      expect(whole.code).toBe(3);
      refused.push(whole.said);
      expect(await leaks()).toEqual([]);
    },
    LIMIT,
  );

  it(
    'after a rotation, a rebuild, a backup, and in what the command line shows',
    async () => {
      const commands = [
        ['keys', 'rotate'],
        ['views', 'rebuild', 'customers'],
        ['backup', join(folder, 'backups')],
        ['replay', '--json'],
        ['views', 'list'],
        ['keys', 'status'],
        ['erasures'],
        ['config'],
      ];
      for (const command of commands) {
        const ran = await cli(command);
        refused.push(ran.said);
      }
      if (!ON_SERVERS) expect([...(await filesUnder(folder)).keys()].join()).toContain('backups/');
      expect(await leaks()).toEqual([]);
    },
    LIMIT,
  );

  it('after an erasure, while its case is open and when it is closed', async () => {
    const asked = await done('POST', `/api/customers/${person}/erasure`, {
      body: {
        ground: 'consent-withdrawn',
        reply: { name: C.replyName, email: C.reply, address: ADDRESS, language: 'fi' },
      },
    });
    const at = `/api/erasures/${textIn(asked, 'case')}`;
    await until('the receipt', async () => {
      const { body } = await server.call('GET', at);
      return body.status === 'erased';
    });
    expect(await leaks()).toEqual([]);
    const read = await server.call('GET', `/api/customers/${person}`);
    keep(read);
    keep(await server.call('GET', `/api/customers/${person}/history`));
    keep(await server.call('GET', at));
    await done('POST', `${at}/close`, { body: {} });
    expect(await leaks()).toEqual([]);
  });

  it('after a stop and another start', async () => {
    const { said } = server;
    await server.stop();
    expect(await leaks()).toEqual([]);
    server = await ServerChild.start(folder);
    server.said += said;
    expect(await leaks()).toEqual([]);
  });

  const PERSON_WITHOUT_NUMBER = { ...PERSON, identity: { firstName: C.firstName } };

  /** Everything that nobody should have written a value into, and does hold one. */
  async function leaks(): Promise<string[]> {
    const found: string[] = [];
    const look = (where: string, bytes: Uint8Array) => {
      for (const canary of canariesIn(bytes)) found.push(`${where}: ${canary}`);
    };
    for (const [name, bytes] of await everything(folder)) look(name, bytes);
    look('what the server says', Buffer.from(server.said));
    look('what is refused', Buffer.from(refused.join('\n')));
    if (server.url !== undefined) {
      const metrics = await server.call('GET', '/metrics').catch(() => undefined);
      look('metrics', Buffer.from(metrics?.text ?? ''));
    }
    return found;
  }

  async function registered(body: object): Promise<string> {
    const answer = await done('POST', '/api/customers', { body });
    await done('GET', `/api/customers/${textIn(answer, 'id')}?after=${textIn(answer, 'position')}`);
    return textIn(answer, 'id');
  }

  async function done(method: string, path: string, asked: Asked = {}): Promise<JsonObject> {
    const answer = await server.call(method, path, asked);
    expect([path, answer.status < 300 ? '' : answer.text]).toEqual([path, '']);
    return answer.body;
  }

  async function refusedWith(
    status: number,
    method: string,
    path: string,
    asked: Asked,
  ): Promise<void> {
    const answer = await server.call(method, path, asked);
    expect([path, answer.status]).toEqual([path, status]);
    keep(answer);
  }

  function keep(answer: Answered): void {
    refused.push(answer.text, answer.headers);
  }

  async function cli(args: readonly string[]) {
    const child = spawn(process.execPath, ['dist/apps/cli/main.js', ...args], {
      env: { PATH: process.env.PATH, ...environmentOf(folder) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, said };
  }
});
