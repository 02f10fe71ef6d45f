import { readFile, writeFile } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { verify } from '../browser/support/on-disk.js';
import { TestServer } from '../e2e/http-server.js';
import { Bench } from './cli.js';

const LIMIT = 60_000;

describe('ledger case NUMBER --copy FILE', () => {
  let bench: Bench;
  let number: string;
  let receipts: readonly string[];

  beforeAll(async () => {
    bench = await Bench.make();
    const server = await TestServer.start({}, bench.folder);
    const { id } = await server.registered({ contact: { email: 'matti@example.fi' } });
    const invoice = await server.call('POST', `/api/customers/${id}/invoices`, {
      body: {
        voucher: {
          date: '2012-03-02',
          buyer: { name: 'Matti' },
          total: '12.50',
          currency: 'EUR',
        },
      },
    });
    await server.call('PATCH', `/api/customers/${id}/affiliation`, { body: { organisation: 'X' } });
    const asked = await server.call('POST', `/api/customers/${id}/erasure`, {
      body: { ground: 'unlawful', reply: { email: 'matti@example.fi', language: 'fi' } },
    });
    number = asked.body.case;
    const paid = { body: { on: '2026-03-20' } };
    await server.call('POST', `/api/customers/${id}/invoices/${invoice.body.id}/settle`, paid);
    do {
      const { body } = await server.call('GET', `/api/erasures/${number}`);
      const found = (body.parts[0]?.receipts ?? []) as readonly { readonly event: string }[];
      receipts = found.map(({ event }) => event);
    } while (receipts.length < 2);
    await server.running.stop();
  }, LIMIT);

  afterAll(() => bench.remove());

  const copy = (file: string, ...more: string[]) =>
    bench.run(['case', number, '--copy', bench.path(file), ...more]);

  it(
    'writes what verify.mjs finds good: JSON, and a PDF in a language',
    async () => {
      const [event = ''] = receipts;
      for (const file of ['copy.json', 'copy.pdf']) {
        const ran = await copy(file, '--receipt', event, '--language', 'sv');
        expect([ran.code, ran.out]).toEqual([0, '']);
        const checked = await verify(bench.path(file), '--lang', 'sv');
        expect([checked.code, checked.err]).toEqual([0, '']);
        expect(checked.out).toContain(number);
        expect(checked.out).toContain('pseudonymiserade, nycklarna förstörda');
      }
      const pdf = await readFile(bench.path('copy.pdf'), 'latin1');
      expect(pdf).toContain('/Lang (sv)');
    },
    LIMIT,
  );

  it(
    'names the receipts where the case has several, and none is chosen',
    async () => {
      const ran = await copy('several.json');
      expect(ran.code).toBe(2);
      for (const event of receipts) expect(ran.err).toContain(event);
      expect((await bench.run(['case', number])).out).toContain(`receipt    ${receipts[0] ?? ''}`);
    },
    LIMIT,
  );

  it(
    'writes over nothing, and no other kind of file',
    async () => {
      const [event = ''] = receipts;
      await writeFile(bench.path('there.json'), 'mine');
      expect((await copy('there.json', '--receipt', event)).code).toBe(2);
      expect(await readFile(bench.path('there.json'), 'utf8')).toBe('mine');
      expect((await copy('copy.txt', '--receipt', event)).code).toBe(2);
      const none = await copy('none.json', '--receipt', '7c9e6679-7425-40de-944b-e07fc1f90ae7');
      expect([none.code, none.err]).toEqual([5, expect.stringContaining('receipt-not-found')]);
    },
    LIMIT,
  );
});
