import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { Bench } from './cli.js';

const FIXTURES = 'test/cli/fixtures';
const CUSTOMERS = join(FIXTURES, 'customers.csv');
const INVOICES = join(FIXTURES, 'invoices.csv');
const CUSTOMER_MAP = ['--map', 'examples/chinook-customers.json', '--json'];
const INVOICE_MAP = ['--map', 'examples/chinook-invoices.json', '--json'];

const OPEN_INVOICES = {
  kind: 'invoices',
  source: 'open',
  key: 'No',
  customer: { source: 'chinook', key: 'Customer' },
  fields: { number: 'No', date: 'Day', settledOn: 'Paid', total: 'Sum' },
  currency: 'EUR',
};

function totalsOf(ran: { readonly out: string }): unknown {
  return JSON.parse(ran.out);
}

async function replayed(bench: Bench): Promise<Record<string, unknown>[]> {
  const { out } = await bench.run(['replay', '--json']);
  return out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('ledger import', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.make();
  });
  afterAll(() => bench.remove());

  const refused = { rows: 5, refused: 3, changed: 0 };
  const report = [
    'line,column,reason',
    '5,,name-missing',
    '6,Email,email',
    '7,,key-twice',
    '',
  ].join('\n');

  it('tells in a dry run what would be taken, and writes nothing', async () => {
    const args = ['import', CUSTOMERS, ...CUSTOMER_MAP, '--dry-run'];
    const ran = await bench.run([...args, '--report', bench.path('dry.csv')]);
    expect(ran.code).toBe(3);
    expect(totalsOf(ran)).toMatchObject({ ...refused, taken: 2, unchanged: 0, dryRun: true });
    expect(await readFile(bench.path('dry.csv'), 'utf8')).toBe(report);
    const types = (await replayed(bench)).map(({ type }) => type);
    expect(types).not.toContain('CustomerRegistered');
  });

  it('takes rows, and reports refused ones by line, column and reason', async () => {
    const args = ['import', CUSTOMERS, ...CUSTOMER_MAP, '--report', bench.path('real.csv')];
    const ran = await bench.run(args);
    expect(ran.code).toBe(3);
    expect(totalsOf(ran)).toMatchObject({ ...refused, taken: 2, unchanged: 0 });
    expect(await readFile(bench.path('real.csv'), 'utf8')).toBe(report);
    const registered = (await replayed(bench)).filter(({ type }) => type === 'CustomerRegistered');
    expect(registered.map(({ data }) => data)).toEqual([
      { category: 'company', notice: 1 },
      { category: 'private', notice: 1 },
    ]);
  });

  it('run again changes nothing', async () => {
    const before = await replayed(bench);
    const ran = await bench.run(['import', CUSTOMERS, ...CUSTOMER_MAP]);
    expect(totalsOf(ran)).toMatchObject({ ...refused, taken: 0, unchanged: 2 });
    expect(await replayed(bench)).toEqual(before);
  });

  it('takes what has changed, once, and ends what a row has no longer', async () => {
    const changed = bench.path('changed.csv');
    const text = await readFile(CUSTOMERS, 'utf8');
    await writeFile(changed, text.replace('+49 0711 2,,leo@', ',,leo@').replace('Åsa', 'Asa'));
    const ran = await bench.run(['import', changed, ...CUSTOMER_MAP]);
    expect(totalsOf(ran)).toMatchObject({ ...refused, taken: 2, changed: 2, unchanged: 0 });
    const updates = (await replayed(bench)).slice(-2);
    expect(updates.map(({ type }) => type)).toEqual(['IdentityUpdated', 'ContactUpdated']);
    expect(updates[1]).toMatchObject({ data: { ends: [{ category: 'contact', scope: 'g1' }] } });
    const again = await bench.run(['import', changed, ...CUSTOMER_MAP]);
    expect(totalsOf(again)).toMatchObject({ taken: 0, changed: 0, unchanged: 2 });
  });

  it('takes a row that is again what it was at first, as a change of what it gave last', async () => {
    const ran = await bench.run(['import', CUSTOMERS, ...CUSTOMER_MAP]);
    expect(totalsOf(ran)).toMatchObject({ ...refused, taken: 2, changed: 2, unchanged: 0 });
    const again = await bench.run(['import', CUSTOMERS, ...CUSTOMER_MAP]);
    expect(totalsOf(again)).toMatchObject({ taken: 0, changed: 0, unchanged: 2 });
  });

  it('records invoices as order, invoice and payment, once', async () => {
    const ran = await bench.run(['import', INVOICES, ...INVOICE_MAP]);
    expect(ran.code).toBe(3);
    expect(totalsOf(ran)).toMatchObject({ rows: 4, taken: 2, refused: 2 });
    expect(ran.err).toContain('line 4: customer-not-found');
    expect(ran.err).toContain('line 5, column InvoiceDate: date');
    const one = ['OrderRecorded', 'InvoiceOpened', 'InvoiceSettled'];
    const types = (await replayed(bench)).map(({ type }) => type);
    expect(types.slice(-6)).toEqual([...one, ...one]);
    const again = await bench.run(['import', INVOICES, ...INVOICE_MAP]);
    expect(totalsOf(again)).toMatchObject({ taken: 0, unchanged: 2, refused: 2 });
  });

  it('takes an invoice without a payment as open, and the payment when a later file has it', async () => {
    const [file, map] = [bench.path('open.csv'), bench.path('open.json')];
    await writeFile(map, JSON.stringify(OPEN_INVOICES));
    const args = ['import', file, '--map', map, '--json'];
    const run = async (...rows: readonly string[]) => {
      await writeFile(file, ['No,Customer,Day,Paid,Sum', ...rows, ''].join('\n'));
      const dry = totalsOf(await bench.run([...args, '--dry-run'])) as object;
      const ran = await bench.run(args);
      // What a dry run tells is what then happens.
      expect(dry).toEqual({ ...(totalsOf(ran) as object), dryRun: true });
      return ran;
    };
    const open = '7,1,2026-03-04,,12.50';
    expect(totalsOf(await run(open))).toMatchObject({ taken: 1, changed: 0 });
    expect((await replayed(bench)).slice(-2).map(({ type }) => type)).toEqual([
      'OrderRecorded',
      'InvoiceOpened',
    ]);
    expect(totalsOf(await run(open))).toMatchObject({ taken: 0, unchanged: 1 });
    const paid = '7,1,2026-03-04,2026-03-20,12.50';
    expect(totalsOf(await run(paid))).toMatchObject({ taken: 1, changed: 1 });
    const events = await replayed(bench);
    const [opened, settled] = events.slice(-2).map(({ type, data }) => [type, data]);
    expect(opened?.[0]).toBe('InvoiceOpened');
    const { invoice } = opened?.[1] as { readonly invoice: string };
    expect(settled).toEqual(['InvoiceSettled', { invoice, on: '2026-03-20' }]);
    expect(totalsOf(await run(paid))).toMatchObject({ taken: 0, unchanged: 1 });
    for (const changed of ['7,1,2026-03-04,2026-03-21,12.50', '7,1,2026-03-04,2026-03-20,12.60']) {
      expect((await run(changed)).err).toContain('voucher-fixed');
    }
    expect(totalsOf(await run(open))).toMatchObject({ taken: 0, unchanged: 1 });
    expect(await replayed(bench)).toEqual(events);
  });

  it('reads Windows-1252 with semicolons by usual Finnish headers', async () => {
    const file = bench.path('finnish.csv');
    const text = 'Asiakasnumero;Etunimi;Sukunimi;Sähköposti\r\nK1;Äijä;Öhman;ö@example.fi\r\n';
    await writeFile(file, Buffer.from(text, 'latin1'));
    const ran = await bench.run(['import', file, '--source', 'finnish', '--json']);
    expect(ran).toMatchObject({ code: 0 });
    expect(totalsOf(ran)).toMatchObject({ rows: 1, taken: 1 });
  });

  it('refuses a map that does not fit, and a file that is not there, with 2', async () => {
    const noMap = await bench.run(['import', CUSTOMERS]);
    const noFit = await bench.run(['import', INVOICES, ...CUSTOMER_MAP]);
    const noFile = await bench.run(['import', bench.path('none.csv'), ...CUSTOMER_MAP]);
    expect([noMap.code, noFit.code, noFile.code]).toEqual([2, 2, 2]);
    expect(totalsOf(noFit)).toMatchObject({ error: 'no-such-column' });
  });
});

const FOREIGN = process.env.FOREIGN_DATA ?? '';
const isThere = FOREIGN !== '' && existsSync(join(FOREIGN, 'customers.csv'));

(isThere ? describe : describe.skip)('a foreign register (FOREIGN_DATA)', () => {
  it('goes in whole, and once', async () => {
    const bench = await Bench.make();
    const customers = ['import', join(FOREIGN, 'customers.csv'), ...CUSTOMER_MAP];
    const invoices = ['import', join(FOREIGN, 'invoices.csv'), ...INVOICE_MAP];
    expect(totalsOf(await bench.run(customers))).toMatchObject({ rows: 59, taken: 59 });
    expect(totalsOf(await bench.run(invoices))).toMatchObject({ rows: 412, taken: 412 });
    expect(totalsOf(await bench.run(invoices))).toMatchObject({ rows: 412, unchanged: 412 });
    await bench.remove();
  });
});
