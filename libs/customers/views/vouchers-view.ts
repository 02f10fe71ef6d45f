import type { Instant, RecordedEvent } from '#kernel';
import type { ViewDefinition } from '#views';

import { subjectOf } from '../ids.js';
import { textOf } from './customers-view.js';

/**
 * One order or invoice, without its content: that lies in one event of the customer's stream and is
 * opened from there, so that an erasure has nothing to take away here however long the history.
 */
export type VoucherDoc = Readonly<{
  subject: string;
  kind: 'order' | 'invoice';
  /** The order that an invoice is for. */
  order: string | null;
  financialYear: string;
  status: 'recorded' | 'cancelled' | 'open' | 'settled' | 'credited';
  collecting: boolean;
  /** Day of the last change of status, where there was one. */
  on: string | null;
  recordedAt: Instant;
  /** Revision of the event that holds the content; sorts as text. */
  at: number;
}>;

/** Orders and invoices of customers. */
export const vouchersView: ViewDefinition<VoucherDoc> = {
  name: 'vouchers',
  version: 1,
  indexes: [
    { field: 'subject', kind: 'value' },
    { field: 'kind', kind: 'value' },
    { field: 'status', kind: 'value' },
    { field: 'at', kind: 'value' },
  ],
  route: (event) => {
    const id = event.data.invoice ?? event.data.order;
    return TYPES.has(event.type) && typeof id === 'string' ? [id] : [];
  },
  apply: (doc, event) => {
    switch (event.type) {
      case 'OrderRecorded':
        return { ...begun(event, 'order'), status: 'recorded' };
      case 'InvoiceOpened':
        return { ...begun(event, 'invoice'), status: 'open' };
      case 'OrderCancelled':
        return doc && { ...doc, status: 'cancelled', on: textOf(event, 'on') };
      case 'InvoiceSettled':
        return doc && { ...doc, status: 'settled', on: textOf(event, 'on') };
      case 'InvoiceCredited':
        return doc && { ...doc, status: 'credited', on: textOf(event, 'on') };
      case 'CollectionStarted':
        return doc && { ...doc, collecting: true };
      case 'CollectionEnded':
        return doc && { ...doc, collecting: false };
      default:
        return doc;
    }
  },
};

const TYPES: ReadonlySet<string> = new Set([
  'OrderRecorded',
  'OrderCancelled',
  'InvoiceOpened',
  'InvoiceSettled',
  'InvoiceCredited',
  'CollectionStarted',
  'CollectionEnded',
]);

function begun(event: RecordedEvent, kind: VoucherDoc['kind']): Omit<VoucherDoc, 'status'> {
  return {
    subject: subjectOf(event.stream) ?? '',
    kind,
    order: kind === 'invoice' && typeof event.data.order === 'string' ? event.data.order : null,
    financialYear: textOf(event, 'financialYear'),
    collecting: false,
    on: null,
    recordedAt: event.metadata.recordedAt,
    at: event.revision,
  };
}
