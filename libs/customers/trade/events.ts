import { eventType } from '#kernel';
import { Type } from 'typebox';

import { Day, Uuid } from '../vocabulary.js';

const closed = { additionalProperties: false } as const;

export const OrderRecorded = eventType(
  'OrderRecorded',
  Type.Object(
    {
      order: Uuid,
      /** Last day of the financial year that holds the business date: the scope of its key. */
      financialYear: Day,
      /** The contact person who placed it for the organisation: a person of their own. */
      placedBy: Type.Optional(Uuid),
    },
    closed,
  ),
  'The customer ordered something. A contact person who placed the order has an envelope of their own.',
  { seals: ['orders', 'affiliation'] },
);

export const OrderCancelled = eventType(
  'OrderCancelled',
  Type.Object({ order: Uuid, on: Day }, closed),
  'An order was cancelled. Its voucher stays for as long as the law keeps it.',
);

export const InvoiceOpened = eventType(
  'InvoiceOpened',
  Type.Object({ invoice: Uuid, order: Type.Optional(Uuid), financialYear: Day }, closed),
  'An invoice was sent. Until it is settled or credited it holds the data that collecting it needs.',
  { seals: ['orders'] },
);

export const InvoiceSettled = eventType(
  'InvoiceSettled',
  Type.Object({ invoice: Uuid, on: Day }, closed),
  'An invoice was paid.',
);

export const InvoiceCredited = eventType(
  'InvoiceCredited',
  Type.Object({ invoice: Uuid, on: Day }, closed),
  'An invoice was credited and need not be paid.',
);

export const CollectionStarted = eventType(
  'CollectionStarted',
  Type.Object({ invoice: Uuid, on: Day }, closed),
  'An unpaid invoice went to collection.',
);

export const CollectionEnded = eventType(
  'CollectionEnded',
  Type.Object({ invoice: Uuid, on: Day }, closed),
  'Collection of an invoice ended.',
);
