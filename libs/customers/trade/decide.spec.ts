import { describe, expect, it } from '@jest/globals';

import type { CustomerDraft } from '../event-types.js';
import {
  ACME,
  ANNA,
  BERTIL,
  CASE,
  day,
  erasureStarted,
  given,
  INVOICE,
  invoiceOpened,
  keyFor,
  minted,
  onInvoice,
  ORDER,
  OTHER_INVOICE,
  orderRecorded,
  part,
  policyWith,
  registered,
  scope,
  sealedFor,
  voucher,
} from '../testing/index.js';

const on = day('2026-02-01');
const recordOrder = { do: 'record-order', subject: ANNA, voucher: voucher('2025-05-05') } as const;
const openInvoice = { do: 'open-invoice', subject: ANNA, voucher: voucher('2025-05-05') } as const;

describe('record-order', () => {
  it('seals the voucher under the financial year of its business date', () => {
    given(registered)
      .when(recordOrder)
      .then(orderRecorded(minted('order'), '2025-05-05'));
  });

  it.each([
    ['06-30', '2025-06-30', '2025-06-30'],
    ['06-30', '2025-07-01', '2026-06-30'],
    ['12-31', '2025-12-31', '2025-12-31'],
  ])('with a year that ends on %s, %s lies in the one to %s', (yearEnd, date, year) => {
    given(registered)
      .under(policyWith(yearEnd))
      .when({ ...recordOrder, order: ORDER, voucher: voucher(date) })
      .then({
        type: 'OrderRecorded',
        data: { order: ORDER, financialYear: year },
        personal: [sealedFor('orders', year, voucher(date))],
      });
  });

  it('names the contact person who placed it under their own key', () => {
    const mention = { name: 'Bertil Berg', title: 'Buyer' };
    const key = keyFor({ subject: BERTIL, category: 'affiliation', scope: scope('g1') });
    given(registered)
      .when({ ...recordOrder, placedBy: { subject: BERTIL, scope: scope('g1'), key, mention } })
      .then({
        type: 'OrderRecorded',
        data: { order: minted('order'), financialYear: '2025-12-31', placedBy: BERTIL },
        personal: [
          sealedFor('orders', '2025-12-31', voucher('2025-05-05')),
          { ...sealedFor('affiliation', 'g1', mention, BERTIL), key },
        ],
      });
  });

  it('takes an order once', () => {
    given(registered, orderRecorded(ORDER, '2025-05-05'))
      .when({ ...recordOrder, order: ORDER })
      .thenRefused('order-exists');
  });

  it('needs a business date that exists', () => {
    given(registered)
      .when({ ...recordOrder, voucher: voucher('2025-02-29') })
      .thenRefused('date', 'unprocessable');
  });

  it('adds nothing to a financial year that was erased or is lost, and does to others', () => {
    const [lastYear, thisYear] = ['2025-05-05', '2026-01-05'].map((date) => ({
      ...recordOrder,
      order: ORDER,
      voucher: voucher(date),
    }));
    const history = [registered, orderRecorded(OTHER_INVOICE, '2025-03-03')];
    const erased = given(...history, erasureStarted(CASE, part('orders', '2025-12-31')));
    erased.when({ ...recordOrder, ...lastYear }).thenRefused('erased');
    erased.when({ ...recordOrder, ...thisYear }).then(orderRecorded(ORDER, '2026-01-05'));
    given(...history, { type: 'KeyLost', data: { parts: [part('orders', '2025-12-31')] } })
      .when({ ...recordOrder, ...lastYear })
      .thenRefused('key-lost');
  });
});

describe('cancel-order', () => {
  const cancel = { do: 'cancel-order', subject: ANNA, order: ORDER, on } as const;
  const cancelled = { type: 'OrderCancelled', data: { order: ORDER, on } } as const;

  it('cancels once', () => {
    given(registered, orderRecorded(ORDER, '2025-05-05')).when(cancel).then(cancelled);
    given(registered, orderRecorded(ORDER, '2025-05-05'), cancelled).when(cancel).then();
  });

  it("is refused for another's order, or none", () => {
    given(registered).when(cancel).thenRefused('order-not-found', 'not-found');
  });
});

describe('open-invoice', () => {
  it('records an invoice, with the order it is for', () => {
    given(registered)
      .when(openInvoice)
      .then(invoiceOpened(minted('invoice'), '2025-05-05'));
    given(registered, orderRecorded(ORDER, '2025-05-05'))
      .when({ ...openInvoice, order: ORDER })
      .then({
        type: 'InvoiceOpened',
        data: { invoice: minted('invoice'), order: ORDER, financialYear: '2025-12-31' },
        personal: [sealedFor('orders', '2025-12-31', voucher('2025-05-05'))],
      });
  });

  it('is refused for an order that the customer does not have', () => {
    given(registered)
      .when({ ...openInvoice, order: ORDER })
      .thenRefused('order-not-found', 'not-found');
  });

  it('is refused twice, for a date that does not exist, and for an erased year', () => {
    given(registered, invoiceOpened(INVOICE, '2025-05-05'))
      .when({ ...openInvoice, invoice: INVOICE })
      .thenRefused('invoice-exists');
    given(registered)
      .when({ ...openInvoice, voucher: voucher('2025-13-01') })
      .thenRefused('date', 'unprocessable');
    given(
      registered,
      invoiceOpened(INVOICE, '2025-05-05'),
      erasureStarted(CASE, part('orders', '2025-12-31')),
    )
      .when({ ...openInvoice, invoice: OTHER_INVOICE })
      .thenRefused('erased');
  });
});

describe('an invoice', () => {
  const settle = { do: 'settle-invoice', subject: ANNA, invoice: INVOICE, on } as const;
  const credit = { ...settle, do: 'credit-invoice' } as const;
  const opened = [registered, invoiceOpened(INVOICE, '2025-05-05')];
  const settled = onInvoice('InvoiceSettled', INVOICE);
  const credited = onInvoice('InvoiceCredited', INVOICE);

  it('is settled or credited, once', () => {
    given(...opened)
      .when(settle)
      .then(settled);
    given(...opened)
      .when(credit)
      .then(credited);
    given(...opened, settled)
      .when(settle)
      .then();
    given(...opened, credited)
      .when(credit)
      .then();
  });

  it('is not settled when credited, nor credited when settled', () => {
    given(...opened, settled)
      .when(credit)
      .thenRefused('invoice-settled');
    given(...opened, credited)
      .when(settle)
      .thenRefused('invoice-credited');
  });

  it('must be one of this customer', () => {
    given(registered).when(settle).thenRefused('invoice-not-found', 'not-found');
    given(registered)
      .when({ ...settle, do: 'start-collection' })
      .thenRefused('invoice-not-found', 'not-found');
  });

  it('goes to collection while it is open, and ends there once', () => {
    const start = { ...settle, do: 'start-collection' } as const;
    const end = { ...settle, do: 'end-collection' } as const;
    const started = onInvoice('CollectionStarted', INVOICE);
    const ended = onInvoice('CollectionEnded', INVOICE);
    given(...opened)
      .when(start)
      .then(started);
    given(...opened, started)
      .when(start)
      .then();
    given(...opened, started)
      .when(end)
      .then(ended);
    given(...opened)
      .when(end)
      .then();
    given(...opened, settled)
      .when(start)
      .thenRefused('invoice-settled');
    given(...opened, credited)
      .when(start)
      .thenRefused('invoice-credited');
    given(...opened, started, settled)
      .when(end)
      .then(ended);
  });
});

describe('record-invoice', () => {
  it('is an order, its invoice and the payment', () => {
    const personal = [sealedFor('orders', '2025-12-31', voucher('2025-05-05'))];
    const [order, invoice] = [minted('order'), minted('invoice')];
    given(registered)
      .when({ do: 'record-invoice', subject: ANNA, voucher: voucher('2025-05-05'), settledOn: on })
      .then(
        { type: 'OrderRecorded', data: { order, financialYear: '2025-12-31' }, personal },
        { type: 'InvoiceOpened', data: { invoice, order, financialYear: '2025-12-31' }, personal },
        { type: 'InvoiceSettled', data: { invoice, on } },
      );
  });

  it('is open where nobody says that it was paid: it holds', () => {
    const personal = [sealedFor('orders', '2025-12-31', voucher('2025-05-05'))];
    const [order, invoice] = [minted('order'), minted('invoice')];
    given(registered)
      .when({ do: 'record-invoice', subject: ANNA, voucher: voucher('2025-05-05') })
      .then(
        { type: 'OrderRecorded', data: { order, financialYear: '2025-12-31' }, personal },
        { type: 'InvoiceOpened', data: { invoice, order, financialYear: '2025-12-31' }, personal },
      );
  });

  it('needs a business date that exists', () => {
    given(registered)
      .when({ do: 'record-invoice', subject: ANNA, voucher: voucher('x'), settledOn: on })
      .thenRefused('date', 'unprocessable');
  });
});

describe('what holds', () => {
  it('is an invoice that is open or in collection, and nothing else', () => {
    const opened = [registered, invoiceOpened(INVOICE, '2025-05-05')];
    const holding = (...more: readonly CustomerDraft[]) => given(...opened, ...more).state.holding;
    expect(holding()).toEqual([INVOICE]);
    expect(holding(onInvoice('InvoiceSettled', INVOICE))).toEqual([]);
    const collected = onInvoice('CollectionStarted', INVOICE);
    expect(holding(collected, onInvoice('InvoiceCredited', INVOICE))).toEqual([INVOICE]);
    expect(
      holding(
        collected,
        onInvoice('InvoiceCredited', INVOICE),
        onInvoice('CollectionEnded', INVOICE),
      ),
    ).toEqual([]);
  });

  it('does not name keys of people who are only mentioned', () => {
    const key = keyFor({ subject: ACME, category: 'affiliation', scope: scope('g7') });
    const { keys, generation } = given(registered, {
      type: 'OrderRecorded',
      data: { order: ORDER, financialYear: '2025-12-31', placedBy: ACME },
      personal: [{ ...sealedFor('affiliation', 'g7', { name: 'X' }, ACME), key }],
    }).state;
    expect(Object.keys(keys.affiliation ?? {})).toEqual(['g1']);
    expect(generation.affiliation).toBe(1);
  });
});
