import type { Deciding, Personal, Refusal, Scope, SubjectId } from '#kernel';
import { isRefusal, refuse } from '#kernel';
import { parseLocalDate } from '#law';

import type { CommandOf, PlacedBy } from '../commands.js';
import type { CustomerDraft } from '../event-types.js';
import type { Voucher } from '../personal.js';
import type { CustomerPolicy } from '../policy.js';
import type { CustomerState } from '../state.js';

type Decision = readonly CustomerDraft[] | Refusal;

/** Records an order; a contact person who placed it gets an envelope of their own. */
export function recordOrder(
  command: CommandOf<'record-order'>,
  state: CustomerState,
  deciding: Deciding,
  policy: CustomerPolicy,
): Decision {
  const order = command.order ?? deciding.mint('order');
  if (state.orders[order] !== undefined) {
    return refuse('conflict', 'order-exists', 'This order is recorded already.');
  }
  const scope = scopeOf(command.voucher, state, policy);
  if (isRefusal(scope)) return scope;
  const { placedBy } = command;
  return [
    {
      type: 'OrderRecorded',
      data: {
        order,
        financialYear: scope,
        ...(placedBy === undefined ? {} : { placedBy: placedBy.subject }),
      },
      personal: [
        sealedVoucher(command.subject, scope, command.voucher),
        ...(placedBy === undefined ? [] : [mention(placedBy)]),
      ],
    },
  ];
}

/** Opens an invoice, which holds what collecting it needs until it is settled or credited. */
export function openInvoice(
  command: CommandOf<'open-invoice'>,
  state: CustomerState,
  deciding: Deciding,
  policy: CustomerPolicy,
): Decision {
  const invoice = command.invoice ?? deciding.mint('invoice');
  if (state.invoices[invoice] !== undefined) {
    return refuse('conflict', 'invoice-exists', 'This invoice is recorded already.');
  }
  if (command.order !== undefined && state.orders[command.order] === undefined) {
    return refuse('not-found', 'order-not-found', 'This customer has no such order.', 'order');
  }
  const scope = scopeOf(command.voucher, state, policy);
  if (isRefusal(scope)) return scope;
  return [
    {
      type: 'InvoiceOpened',
      data: {
        invoice,
        financialYear: scope,
        ...(command.order === undefined ? {} : { order: command.order }),
      },
      personal: [sealedVoucher(command.subject, scope, command.voucher)],
    },
  ];
}

/** An order, its invoice and, if there was one, the payment: as an old register hands them over. */
export function recordInvoice(
  command: CommandOf<'record-invoice'>,
  state: CustomerState,
  deciding: Deciding,
  policy: CustomerPolicy,
): Decision {
  const scope = scopeOf(command.voucher, state, policy);
  if (isRefusal(scope)) return scope;
  const order = deciding.mint('order');
  const invoice = deciding.mint('invoice');
  const personal = [sealedVoucher(command.subject, scope, command.voucher)];
  const { settledOn: on } = command;
  return [
    { type: 'OrderRecorded', data: { order, financialYear: scope }, personal },
    { type: 'InvoiceOpened', data: { invoice, order, financialYear: scope }, personal },
    ...(on === undefined ? [] : [{ type: 'InvoiceSettled', data: { invoice, on } } as const]),
  ];
}

/** Cancels an order that was not cancelled before. */
export function cancelOrder(command: CommandOf<'cancel-order'>, state: CustomerState): Decision {
  const order = state.orders[command.order];
  if (order === undefined) {
    return refuse('not-found', 'order-not-found', 'This customer has no such order.');
  }
  if (order.cancelled) return [];
  return [{ type: 'OrderCancelled', data: { order: command.order, on: command.on } }];
}

/** Settles or credits an invoice that is open. */
export function closeInvoice(
  command: CommandOf<'settle-invoice' | 'credit-invoice'>,
  state: CustomerState,
): Decision {
  const found = state.invoices[command.invoice];
  if (found === undefined) return noInvoice();
  const to = command.do === 'settle-invoice' ? 'settled' : 'credited';
  if (found.status === to) return [];
  if (found.status !== 'open') {
    return refuse('conflict', `invoice-${found.status}`, `The invoice is ${found.status}.`);
  }
  const data = { invoice: command.invoice, on: command.on };
  return to === 'settled'
    ? [{ type: 'InvoiceSettled', data }]
    : [{ type: 'InvoiceCredited', data }];
}

/** Starts or ends the collection of an invoice. */
export function collect(
  command: CommandOf<'start-collection' | 'end-collection'>,
  state: CustomerState,
): Decision {
  const found = state.invoices[command.invoice];
  if (found === undefined) return noInvoice();
  const starts = command.do === 'start-collection';
  if (found.collecting === starts) return [];
  if (starts && found.status !== 'open') {
    return refuse('conflict', `invoice-${found.status}`, `The invoice is ${found.status}.`);
  }
  const data = { invoice: command.invoice, on: command.on };
  return starts ? [{ type: 'CollectionStarted', data }] : [{ type: 'CollectionEnded', data }];
}

function noInvoice(): Refusal {
  return refuse('not-found', 'invoice-not-found', 'This customer has no such invoice.');
}

/**
 * The key's scope: the financial year of the business date, never of the time of recording. A year
 * whose orders were erased, or whose key is lost, takes no more.
 */
function scopeOf(voucher: Voucher, state: CustomerState, policy: CustomerPolicy): Scope | Refusal {
  const date = parseLocalDate(voucher.date);
  if (date === undefined) {
    return refuse('unprocessable', 'date', 'The business date does not exist.', 'voucher.date');
  }
  const scope = policy.financialYearOf(date) as string as Scope;
  switch (state.keys.orders?.[scope]?.state) {
    case undefined:
    case 'live':
      return scope;
    case 'lost':
      return refuse('conflict', 'key-lost', 'The key of this financial year is lost.');
    case 'ending':
    case 'gone':
      return refuse(
        'conflict',
        'erased',
        'The orders of this financial year were erased; nothing is added to them.',
      );
  }
}

function sealedVoucher(subject: SubjectId, scope: Scope, voucher: Voucher): Personal {
  return { subject, category: 'orders', scope, value: voucher };
}

function mention(placedBy: PlacedBy): Personal {
  return {
    subject: placedBy.subject,
    category: 'affiliation',
    scope: placedBy.scope,
    value: placedBy.mention,
    key: placedBy.key,
  };
}
