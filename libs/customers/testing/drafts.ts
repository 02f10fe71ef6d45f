import type { Category, Personal, SubjectId } from '#kernel';
import { answerDeadline, helsinkiDate } from '#law';

import type { Wait } from '../erasure/events.js';
import type { CustomerDraft } from '../event-types.js';
import type { CaseNumber } from '../ids.js';
import type { Erasable, Part } from '../vocabulary.js';
import {
  affiliation,
  ANNA,
  contact,
  identity,
  keyFor,
  NOW,
  reply,
  scope,
  voucher,
} from './samples.js';

// Events as decisions yield them, about Anna unless said otherwise.

/** An envelope to be. */
export function sealedFor(
  category: Category,
  inScope: string,
  value: Personal['value'],
  subject: SubjectId = ANNA,
): Personal {
  return { subject, category, scope: scope(inScope), value };
}

/** Anna as a private customer with all that a registration may hold. */
export const registered: CustomerDraft = {
  type: 'CustomerRegistered',
  data: { category: 'private', notice: 3 },
  personal: [
    sealedFor('identity', 'g1', identity),
    sealedFor('affiliation', 'g1', affiliation),
    sealedFor('contact', 'g1', contact),
  ],
};

/** Anna with a name and nothing else. */
export const registeredByName: CustomerDraft = {
  ...registered,
  personal: [sealedFor('identity', 'g1', identity)],
};

export function orderRecorded(order: string, date: string): CustomerDraft {
  const year = `${date.slice(0, 4)}-12-31`;
  return {
    type: 'OrderRecorded',
    data: { order, financialYear: year },
    personal: [sealedFor('orders', year, voucher(date))],
  };
}

export function invoiceOpened(invoice: string, date: string): CustomerDraft {
  const year = `${date.slice(0, 4)}-12-31`;
  return {
    type: 'InvoiceOpened',
    data: { invoice, financialYear: year },
    personal: [sealedFor('orders', year, voucher(date))],
  };
}

export function onInvoice(
  type: 'InvoiceSettled' | 'InvoiceCredited' | 'CollectionStarted' | 'CollectionEnded',
  invoice: string,
): CustomerDraft {
  return { type, data: { invoice, on: '2026-02-01' } };
}

export function roleStarted(organisation: SubjectId): CustomerDraft {
  return {
    type: 'ContactRoleStarted',
    data: { organisation, on: '2026-01-01' },
    personal: [sealedFor('affiliation', 'g1', affiliation)],
  };
}

export function roleEnded(organisation: SubjectId): CustomerDraft {
  return { type: 'ContactRoleEnded', data: { organisation, on: '2026-02-01' } };
}

export function erasureRequested(
  number: CaseNumber,
  categories: readonly Erasable[],
  personal: readonly Personal[] = [],
): CustomerDraft {
  return {
    type: 'ErasureRequested',
    data: {
      case: number,
      ground: 'no-longer-needed',
      categories: [...categories],
      answerBy: answerDeadline(helsinkiDate(NOW)).end,
    },
    personal,
  };
}

/** The reply address of a case. */
export function replyTo(number: CaseNumber): Personal {
  return sealedFor('correspondence', number, reply);
}

export function erasureStarted(number: CaseNumber, ...parts: readonly Part[]): CustomerDraft {
  return { type: 'ErasureStarted', data: { case: number, parts: [...parts] } };
}

export function erasureDeferred(number: CaseNumber, ...waits: readonly Wait[]): CustomerDraft {
  return { type: 'ErasureDeferred', data: { case: number, waits: [...waits] } };
}

/** A part of Anna's, under the key that tests have for it. */
export function part(category: Category, inScope: string): Part {
  const ref = { subject: ANNA, category, scope: scope(inScope) };
  return { category, scope: inScope, key: keyFor(ref) };
}
