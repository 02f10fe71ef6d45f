import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { InvalidInput } from '#kernel';

import { bindColumns } from './columns.js';
import { customerRows } from './customer-rows.js';
import { recognised } from './headers.js';
import { invoiceRows } from './invoice-rows.js';
import type { CustomerMap, InvoiceMap } from './map.js';
import { parseImportMap } from './map.js';

const CUSTOMERS: CustomerMap = {
  kind: 'customers',
  source: 'old',
  key: 'Id',
  category: { column: 'Company', present: 'company', absent: 'private' },
  fields: { organisation: 'Company' },
  ignore: ['Fax'],
};
const HEADERS = ['Id', 'Etunimi', 'Sukunimi', 'Company', 'E-mail', 'Puhelin', 'Kaupunki', 'Fax'];
const ROW = ['7', 'Matti', ' Meikäläinen ', '', 'matti@example.fi', '', 'Turku', '1'];

const INVOICES: InvoiceMap = {
  kind: 'invoices',
  source: 'old',
  key: 'No',
  customer: { source: 'old', key: 'Customer' },
  fields: { number: 'No', date: 'Day', settledOn: 'Paid', total: 'Sum' },
  currency: 'EUR',
  dates: 'D.M.YYYY',
  decimal: ',',
};
const INVOICE_HEADERS = ['No', 'Customer', 'Day', 'Paid', 'Sum'];

function readCustomer(row: readonly string[], map = CUSTOMERS) {
  return customerRows(map, bindColumns(map, HEADERS))(row);
}

function readInvoice(row: readonly string[]) {
  return invoiceRows(INVOICES, bindColumns(INVOICES, INVOICE_HEADERS))(row);
}

function problemOf(work: () => unknown): InvalidInput {
  try {
    work();
  } catch (error) {
    if (error instanceof InvalidInput) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('a map', () => {
  it.each([
    [[], 'map', 'object'],
    [{ kind: 'orders' }, 'kind', 'enum'],
    [{ kind: 'customers', category: 'private' }, 'source', 'required'],
    [{ ...CUSTOMERS, source: 'with space' }, 'source', 'pattern'],
    [{ ...CUSTOMERS, fields: { nick: 'A' } }, 'fields.nick', 'unknown-field'],
    [{ ...CUSTOMERS, extra: 1 }, 'extra', 'unknown-field'],
    [{ ...INVOICES, dates: 'DD' }, 'dates', 'enum'],
  ])('%j is refused at %s', (json, field, rule) => {
    expect(problemOf(() => parseImportMap(json))).toMatchObject({ field, rule });
  });

  it('that is right is taken as it is', () => {
    expect(parseImportMap(CUSTOMERS)).toEqual(CUSTOMERS);
    expect(parseImportMap(INVOICES)).toEqual(INVOICES);
  });
});

describe('columns', () => {
  it('are found by the map first, and by usual names in three languages', () => {
    const columns = bindColumns(CUSTOMERS, HEADERS);
    expect(Object.fromEntries(columns.fields)).toEqual({
      organisation: 3,
      firstName: 1,
      lastName: 2,
      email: 4,
      phone: 5,
      city: 6,
    });
    expect(columns.leftOut).toEqual([]);
    expect(recognised('customers', 'Förnamn')).toBe('firstName');
    expect(recognised('customers', 'POSTI-NUMERO')).toBe('postalCode');
    expect(recognised('customers', 'Shoe size')).toBeUndefined();
  });

  it('that nobody knows are left out, and said to be', () => {
    expect(bindColumns(CUSTOMERS, [...HEADERS, 'Shoe size']).leftOut).toEqual(['Shoe size']);
  });

  it('that a map names and the file lacks are refused, and so is a header that comes twice', () => {
    expect(problemOf(() => bindColumns(CUSTOMERS, ['Id', 'Fax']))).toMatchObject({
      rule: 'no-such-column',
    });
    expect(problemOf(() => bindColumns(CUSTOMERS, [...HEADERS, 'Id']))).toMatchObject({
      rule: 'header-twice',
    });
  });

  it('tell the rows apart by a customer number where the map names no key', () => {
    const map = { kind: 'customers', source: 'old', category: 'private' } as const;
    expect(bindColumns(map, ['Nimi', 'Asiakasnumero']).key).toBe(1);
    expect(problemOf(() => bindColumns(map, ['Etunimi']))).toMatchObject({ field: 'key' });
  });
});

describe('a row of customers', () => {
  it('becomes a registration, and changes that remove what is empty', () => {
    expect(readCustomer(ROW)).toEqual({
      kind: 'customers',
      key: '7',
      category: 'private',
      identity: { firstName: 'Matti', lastName: 'Meikäläinen' },
      contact: { email: 'matti@example.fi', address: { city: 'Turku' } },
      changes: {
        identity: { firstName: 'Matti', lastName: 'Meikäläinen' },
        contact: { email: 'matti@example.fi', phone: null, address: { city: 'Turku' } },
        affiliation: { organisation: null },
      },
    });
  });

  it('with a company is of the category company', () => {
    expect(readCustomer(ROW.with(3, 'Esimerkki Oy'))).toMatchObject({
      category: 'company',
      affiliation: { organisation: 'Esimerkki Oy' },
    });
  });

  it.each([
    [ROW.slice(1), { problem: 'column-count' }],
    [ROW.with(0, ' '), { problem: 'key-missing', column: 'Id' }],
    [ROW.with(4, 'nobody'), { problem: 'email', column: 'E-mail' }],
    [ROW.with(1, 'M\u0000'), { problem: 'not-text', column: 'Etunimi' }],
    [ROW.with(1, '\ufffd'), { problem: 'not-text', column: 'Etunimi' }],
    [ROW.with(5, '1'.repeat(61)), { problem: 'too-long', column: 'Puhelin' }],
    [ROW.with(1, '').with(2, ''), { problem: 'name-missing' }],
  ])('is refused by a code and a column: %#', (row, problem) => {
    expect(readCustomer(row)).toEqual(problem);
  });

  it('is taken by what a column holds, where the map says so', () => {
    const map: CustomerMap = {
      ...CUSTOMERS,
      category: { column: 'Fax', values: { '1': 'non-profit' } },
      ignore: [],
    };
    expect(readCustomer(ROW, map)).toMatchObject({ category: 'non-profit' });
    expect(readCustomer(ROW.with(7, '2'), map)).toEqual({
      problem: 'category-unknown',
      column: 'Fax',
    });
  });

  it('never throws, and never tells a value that it refuses', () => {
    const row = fc.array(fc.string({ unit: 'binary', minLength: 8, maxLength: 400 }), {
      minLength: 7,
      maxLength: 9,
    });
    fc.assert(
      fc.property(row, (cells) => {
        const read = readCustomer(cells);
        if (!('problem' in read)) return;
        const told = JSON.stringify(read);
        expect(cells.every((cell) => !told.includes(cell))).toBe(true);
      }),
    );
  });
});

describe('a row of invoices', () => {
  const row = ['31', '7', '5.1.2025', '28.2.2025', '1 249,50'];

  it('becomes a voucher that was paid', () => {
    expect(readInvoice(row)).toEqual({
      kind: 'invoices',
      key: '31',
      customer: '7',
      voucher: { number: '31', date: '2025-01-05', buyer: {}, total: '1249.50', currency: 'EUR' },
      settledOn: '2025-02-28',
    });
  });

  it('without a day of payment is open, also where the file has no column for it', () => {
    expect(readInvoice(row.with(3, ''))).toMatchObject({ key: '31', settledOn: undefined });
    const fields = { number: 'No', date: 'Day', total: 'Sum' };
    const map: InvoiceMap = { ...INVOICES, fields, ignore: ['Paid'] };
    const read = invoiceRows(map, bindColumns(map, INVOICE_HEADERS))(row);
    expect(read).toMatchObject({ key: '31', settledOn: undefined });
  });

  it.each([
    [row.with(1, ''), { problem: 'customer-missing', column: 'Customer' }],
    [row.with(2, '31.2.2025'), { problem: 'date', column: 'Day' }],
    [row.with(2, ''), { problem: 'date-missing', column: 'Day' }],
    [row.with(3, 'soon'), { problem: 'date', column: 'Paid' }],
    [row.with(4, '1.249,50'), { problem: 'amount', column: 'Sum' }],
    [row.with(4, ''), { problem: 'total-missing', column: 'Sum' }],
  ])('is refused by a code and a column: %#', (cells, problem) => {
    expect(readInvoice(cells)).toEqual(problem);
  });
});
