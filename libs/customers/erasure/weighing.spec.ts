import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { Instant } from '#kernel';
import { instantOf } from '#kernel';
import { endOfHelsinkiDay } from '#law';

import type { CustomerDraft } from '../event-types.js';
import {
  ACME,
  CASE,
  day,
  erasureStarted,
  given,
  INVOICE,
  invoiceOpened,
  NOW,
  onInvoice,
  ORDER,
  orderRecorded,
  OTHER_INVOICE,
  OTHER_ORG,
  part,
  registered,
  roleEnded,
  roleStarted,
  sealedFor,
} from '../testing/index.js';
import { ERASABLE } from '../vocabulary.js';
import { weigh } from './weighing.js';

function weighed(history: readonly CustomerDraft[], at: Instant = NOW) {
  return weigh(given(registered, ...history).state, ERASABLE, at);
}

const openInvoice = { hold: 'open-invoice', invoice: INVOICE };
const collection = { hold: 'collection', invoice: INVOICE };
const until = (last: string) => ({ hold: 'statutory', until: last });
const contactPerson = (organisation: string) => ({ hold: 'contact-person', organisation });

/** What waits, by category and scope. */
function waitsOf(history: readonly CustomerDraft[], at?: Instant) {
  const entries = weighed(history, at).waits.map((wait) => [
    `${wait.category} ${wait.scope}`,
    wait.holds,
  ]);
  return Object.fromEntries(entries) as unknown;
}

describe('without a hold', () => {
  it('everything goes', () => {
    expect(weighed([])).toEqual({
      free: [part('identity', 'g1'), part('affiliation', 'g1'), part('contact', 'g1')],
      waits: [],
    });
  });

  it('only what was asked for is weighed', () => {
    const { state } = given(registered);
    expect(weigh(state, ['contact'], NOW)).toEqual({ free: [part('contact', 'g1')], waits: [] });
    expect(weigh(state, [], NOW)).toEqual({ free: [], waits: [] });
  });
});

describe('an open invoice', () => {
  it('holds identity, contact and the orders of its year; affiliation goes', () => {
    expect(waitsOf([invoiceOpened(INVOICE, '2026-01-05')])).toEqual({
      'identity g1': [openInvoice],
      'contact g1': [openInvoice],
      'orders 2026-12-31': [openInvoice, until('2032-12-31')],
    });
    expect(weighed([invoiceOpened(INVOICE, '2026-01-05')]).free).toEqual([
      part('affiliation', 'g1'),
    ]);
  });

  it('does not hold the orders of another year', () => {
    const history = [orderRecorded(ORDER, '2018-04-04'), invoiceOpened(INVOICE, '2026-01-05')];
    expect(weighed(history).free).toContainEqual(part('orders', '2018-12-31'));
  });

  it('holds no longer when it is settled or credited', () => {
    for (const type of ['InvoiceSettled', 'InvoiceCredited'] as const) {
      const history = [invoiceOpened(INVOICE, '2026-01-05'), onInvoice(type, INVOICE)];
      expect(waitsOf(history)).toEqual({ 'orders 2026-12-31': [until('2032-12-31')] });
    }
  });
});

describe('a collection', () => {
  const begun = [invoiceOpened(INVOICE, '2026-01-05'), onInvoice('CollectionStarted', INVOICE)];

  it('holds as the open invoice does, beside it', () => {
    expect(waitsOf(begun)).toMatchObject({
      'identity g1': [openInvoice, collection],
      'orders 2026-12-31': [openInvoice, collection, until('2032-12-31')],
    });
  });

  it('holds until it has ended, also when the invoice is paid', () => {
    const paid = [...begun, onInvoice('InvoiceSettled', INVOICE)];
    expect(waitsOf(paid)).toMatchObject({
      'identity g1': [collection],
      'contact g1': [collection],
      'orders 2026-12-31': [collection, until('2032-12-31')],
    });
    expect(waitsOf([...paid, onInvoice('CollectionEnded', INVOICE)])).toEqual({
      'orders 2026-12-31': [until('2032-12-31')],
    });
  });
});

describe('a contact-person role', () => {
  it('holds identity, affiliation and contact, and no orders', () => {
    const history = [roleStarted(ACME), orderRecorded(ORDER, '2018-04-04')];
    expect(waitsOf(history)).toEqual({
      'identity g1': [contactPerson(ACME)],
      'affiliation g1': [contactPerson(ACME)],
      'contact g1': [contactPerson(ACME)],
    });
    expect(weighed(history).free).toEqual([part('orders', '2018-12-31')]);
  });

  it('holds until the last one has ended', () => {
    const both = [roleStarted(ACME), roleStarted(OTHER_ORG), roleEnded(ACME)];
    expect(waitsOf(both)).toMatchObject({ 'affiliation g1': [contactPerson(OTHER_ORG)] });
    expect(waitsOf([...both, roleEnded(OTHER_ORG)])).toEqual({});
  });
});

describe('the statutory hold', () => {
  it('ends with the sixth year after the calendar year in which the financial year ended', () => {
    const history = [orderRecorded(ORDER, '2025-05-05')];
    const last = endOfHelsinkiDay(day('2031-12-31'));
    const before = instantOf(Date.parse(last) - 1);
    expect(waitsOf(history, before)).toEqual({ 'orders 2025-12-31': [until('2031-12-31')] });
    expect(waitsOf(history, instantOf(Date.parse(last)))).toEqual({});
  });

  it('counts from the business date, never from the time of recording', () => {
    const { state } = given(registered, orderRecorded(ORDER, '2010-05-05'));
    expect(weigh(state, ['orders'], NOW).free).toEqual([part('orders', '2010-12-31')]);
  });

  it('keeps each financial year apart', () => {
    const history = [
      orderRecorded(ORDER, '2018-12-31'),
      orderRecorded(OTHER_INVOICE, '2019-01-01'),
      orderRecorded(INVOICE, '2025-01-01'),
    ];
    expect(waitsOf(history, instantOf(Date.UTC(2026, 0, 1)))).toEqual({
      'orders 2025-12-31': [until('2031-12-31')],
    });
    expect(waitsOf(history, instantOf(Date.UTC(2025, 11, 31, 12)))).toEqual({
      'orders 2019-12-31': [until('2025-12-31')],
      'orders 2025-12-31': [until('2031-12-31')],
    });
  });

  it('of any business date is over exactly six calendar years after that of the year end', () => {
    const dates = fc.date({
      min: new Date('1990-01-01T00:00:00Z'),
      max: new Date('2090-12-31T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(dates, (date) => {
        const text = date.toISOString().slice(0, 10);
        const { state } = given(registered, orderRecorded(ORDER, text));
        const year = Number(text.slice(0, 4)) + 6;
        const over = Date.parse(endOfHelsinkiDay(day(`${String(year)}-12-31`)));
        expect(weigh(state, ['orders'], instantOf(over - 1)).free).toEqual([]);
        expect(weigh(state, ['orders'], instantOf(over)).waits).toEqual([]);
      }),
    );
  });
});

describe('what cannot be erased a second time', () => {
  it('is left out: a part that is ending, gone or lost', () => {
    expect(weighed([erasureStarted(CASE, part('contact', 'g1'))]).free).not.toContainEqual(
      part('contact', 'g1'),
    );
    const lost: CustomerDraft = { type: 'KeyLost', data: { parts: [part('contact', 'g1')] } };
    expect(weigh(given(registered, lost).state, ['contact'], NOW)).toEqual({ free: [], waits: [] });
  });

  it('is every older generation that a rectification ended', () => {
    const removed: CustomerDraft = {
      type: 'ContactUpdated',
      data: { ends: [part('contact', 'g1')] },
      personal: [sealedFor('contact', 'g2', {})],
    };
    expect(weigh(given(registered, removed).state, ['contact'], NOW).free).toEqual([
      part('contact', 'g2'),
    ]);
  });
});
