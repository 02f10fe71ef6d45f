import type { LocalDate } from '#law';

import type { Voucher } from '../personal.js';
import { BadCell, Cells, readingRow } from './cells.js';
import type { RowProblem } from './cells.js';
import type { Columns } from './columns.js';
import { addressOf } from './customer-rows.js';
import type { InvoiceMap } from './map.js';

/** A row of invoices. */
export interface InvoiceRow {
  readonly kind: 'invoices';
  /** What names the row within its source. */
  readonly key: string;
  /** Row key of the customer in the customers' source. */
  readonly customer: string;
  readonly voucher: Voucher;
  /** The day of its payment; undefined where it is open. */
  readonly settledOn: LocalDate | undefined;
}

const CURRENCY = /^[A-Z]{3}$/;

/** Reads rows of invoices. A row that cannot be taken says why, and quotes nothing. */
export function invoiceRows(
  map: InvoiceMap,
  columns: Columns,
): (row: readonly string[]) => InvoiceRow | RowProblem {
  const form = map.dates ?? 'YYYY-MM-DD';
  return (row) =>
    readingRow(() => {
      const cells = new Cells(columns, row);
      const key = cells.at(columns.key, 200);
      if (key === undefined) throw new BadCell('key-missing', columns.headers[columns.key]);
      const customer = cells.at(columns.named.get(map.customer.key) ?? -1, 200);
      if (customer === undefined) throw new BadCell('customer-missing', map.customer.key);
      const settledOn = cells.date('settledOn', form);
      return { kind: 'invoices', key, customer, voucher: voucherOf(map, cells), settledOn };
    });
}

function voucherOf(map: InvoiceMap, cells: Cells): Voucher {
  const form = map.dates ?? 'YYYY-MM-DD';
  const date = cells.date('date', form);
  if (date === undefined) throw cells.missing('date', 'date-missing');
  const total = cells.amount('total', map.decimal ?? '.');
  if (total === undefined) throw cells.missing('total', 'total-missing');
  const currency = cells.text('currency', 3) ?? map.currency;
  if (currency === undefined || !CURRENCY.test(currency))
    throw cells.missing('currency', 'currency');
  const number = cells.text('number', 60);
  const dueDate = cells.date('dueDate', form);
  const name = cells.text('buyerName', 500);
  const address = addressOf(cells);
  return {
    ...(number === undefined ? {} : { number }),
    date,
    ...(dueDate === undefined ? {} : { dueDate }),
    buyer: {
      ...(name === undefined ? {} : { name }),
      ...(address === undefined ? {} : { address }),
    },
    total,
    currency,
  };
}
