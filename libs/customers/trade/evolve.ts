import type { Scope } from '#kernel';

import type { CustomerFact } from '../event-types.js';
import type { CustomerState } from '../state.js';

type TradeFact = Extract<
  CustomerFact,
  {
    type:
      | 'OrderRecorded'
      | 'OrderCancelled'
      | 'InvoiceOpened'
      | 'InvoiceSettled'
      | 'InvoiceCredited'
      | 'CollectionStarted'
      | 'CollectionEnded';
  }
>;

/** Orders, invoices and collection: what holds data, and for how long. */
export function evolveTrade(state: CustomerState, fact: TradeFact): void {
  switch (fact.type) {
    case 'OrderRecorded':
      state.orders[fact.data.order] = {
        scope: fact.data.financialYear as Scope,
        cancelled: false,
      };
      break;
    case 'OrderCancelled': {
      const order = state.orders[fact.data.order];
      if (order !== undefined) order.cancelled = true;
      break;
    }
    case 'InvoiceOpened':
      state.invoices[fact.data.invoice] = {
        scope: fact.data.financialYear as Scope,
        status: 'open',
        collecting: false,
      };
      state.holding.push(fact.data.invoice);
      break;
    case 'InvoiceSettled':
      change(state, fact.data.invoice, { status: 'settled' });
      break;
    case 'InvoiceCredited':
      change(state, fact.data.invoice, { status: 'credited' });
      break;
    case 'CollectionStarted':
      change(state, fact.data.invoice, { collecting: true });
      break;
    case 'CollectionEnded':
      change(state, fact.data.invoice, { collecting: false });
      break;
  }
}

function change(
  state: CustomerState,
  id: string,
  to: Partial<Pick<CustomerState['invoices'][string], 'status' | 'collecting'>>,
): void {
  const invoice = state.invoices[id];
  if (invoice === undefined) return;
  Object.assign(invoice, to);
  if (invoice.status !== 'open' && !invoice.collecting) {
    state.holding = state.holding.filter((held) => held !== id);
  } else if (!state.holding.includes(id)) {
    state.holding.push(id);
  }
}
