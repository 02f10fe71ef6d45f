import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { RegisterDefinition } from '#accountability';
import { categoriesOf } from '#accountability';

import { TestServer } from './http-server.js';

const VALUES = {
  identity: { lastName: 'Virtanen' },
  affiliation: { organisation: 'Esimerkki Oy' },
  contact: { email: 'maija@example.fi' },
};
const VOUCHER = { date: '2026-03-02', buyer: { name: 'Maija' }, total: '1', currency: 'EUR' };

/** What a read shows of a category: its state, or why it is withheld. */
interface Shown {
  readonly state: string;
  readonly why?: string;
}

describe('a read for a purpose', () => {
  let server: TestServer;
  let id: string;
  let definition: RegisterDefinition;

  beforeAll(async () => {
    server = await TestServer.start();
    ({ id } = await server.registered(VALUES));
    await server.call('POST', `/api/customers/${id}/orders`, { body: { voucher: VOUCHER } });
    const { body } = await server.call('POST', `/api/customers/${id}/erasure`, {
      body: {
        ground: 'objection',
        categories: ['orders'],
        reply: { email: 'reply@example.fi', language: 'fi' },
      },
    });
    await server.call('GET', `/api/customers/${id}?after=${body.position}`);
    const register = await server.call('GET', '/api/register');
    ({ definition } = JSON.parse(register.text) as { definition: RegisterDefinition });
  });
  afterAll(() => server.stop());

  async function read(method: string, path: string, purpose: string, body?: object) {
    const headers = { 'processing-purpose': purpose };
    const { status, text } = await server.call(method, `/api/customers/${path}`, { headers, body });
    expect([path, status]).toEqual([path, 200]);
    return JSON.parse(text) as unknown;
  }

  /** What every kind of read shows of each category. */
  async function shownFor(purpose: string): Promise<readonly (readonly [string, Shown])[]> {
    const one = (await read('GET', id, purpose)) as { values: Record<string, Shown> };
    const then = (await read('GET', `${id}/as-of?at=2100-01-01T00:00:00Z`, purpose)) as typeof one;
    const found = (await read('POST', 'search', purpose, {})) as { customers: (typeof one)[] };
    const history = (await read('GET', `${id}/history`, purpose)) as {
      entries: { values: { category: string; shown: Shown }[] }[];
    };
    const orders = (await read('GET', `${id}/vouchers`, purpose)) as {
      vouchers: { content: Shown }[];
    };
    return [
      ...[one, then, ...found.customers].flatMap(({ values }) => Object.entries(values)),
      ...history.entries.flatMap(({ values }) =>
        values.map(({ category, shown }) => [category, shown] as const),
      ),
      ...orders.vouchers.map(({ content }) => ['orders', content] as const),
    ];
  }

  it('opens what the register definition says that the purpose processes, and nothing else', async () => {
    for (const purpose of definition.purposes) {
      const mine: readonly string[] = categoriesOf(purpose);
      const shown = await shownFor(purpose.code);
      expect(new Set(shown.map(([category]) => category))).toEqual(
        new Set(['identity', 'affiliation', 'contact', 'orders', 'correspondence']),
      );
      for (const [category, { state, why }] of shown) {
        const word = state === 'withheld' ? why : state;
        const isHeld = category === 'orders' && word === 'waiting';
        const expected = mine.includes(category) ? (isHeld ? 'waiting' : 'present') : 'purpose';
        expect([purpose.code, category, word]).toEqual([purpose.code, category, expected]);
      }
    }
  });
});
