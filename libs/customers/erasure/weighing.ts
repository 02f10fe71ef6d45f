import type { Instant, KeyId, Scope } from '#kernel';
import type { LocalDate } from '#law';
import { voucherRetentionEnd, voucherRetentionOver } from '#law';

import type { Hold, Wait } from './events.js';
import type { CustomerState } from '../state.js';
import type { Erasable, Part } from '../vocabulary.js';

/** An erasure weighed: what goes now, and what waits for what (Art. 17(3)). */
export interface Weighed {
  readonly free: readonly Part[];
  readonly waits: readonly Wait[];
}

/**
 * Weighs every live part of the asked categories against the holds in the stream, at an instant.
 * Parts that are ending, gone or lost are left out: they cannot be erased a second time.
 */
export function weigh(
  state: CustomerState,
  categories: readonly Erasable[],
  now: Instant,
): Weighed {
  const free: Part[] = [];
  const waits: Wait[] = [];
  for (const { category, scope, key } of liveParts(state, categories)) {
    const holds = holdsOn(state, category, scope, now);
    if (holds.length === 0) free.push({ category, scope, key });
    else waits.push({ category, scope, holds });
  }
  return { free, waits };
}

function* liveParts(
  state: CustomerState,
  categories: readonly Erasable[],
): Generator<{ category: Erasable; scope: Scope; key: KeyId }> {
  for (const category of categories) {
    for (const [scope, key] of Object.entries(state.keys[category] ?? {})) {
      if (key.state === 'live') yield { category, scope: scope as Scope, key: key.key };
    }
  }
}

/** All that holds one part, the open-ended before the dated. */
function holdsOn(state: CustomerState, category: Erasable, scope: Scope, now: Instant): Hold[] {
  switch (category) {
    case 'identity':
    case 'contact':
      return [...invoiceHolds(state), ...roleHolds(state)];
    case 'affiliation':
      return roleHolds(state);
    case 'orders':
      return [...invoiceHolds(state, scope), ...statutoryHolds(scope, now)];
  }
}

function invoiceHolds(state: CustomerState, scope?: Scope): Hold[] {
  return state.holding.flatMap((id): Hold[] => {
    const invoice = state.invoices[id];
    if (invoice === undefined || (scope !== undefined && invoice.scope !== scope)) return [];
    return [
      ...(invoice.status === 'open' ? [{ hold: 'open-invoice' as const, invoice: id }] : []),
      ...(invoice.collecting ? [{ hold: 'collection' as const, invoice: id }] : []),
    ];
  });
}

/** "Mikäli toimit … yhteyshenkilönä ei tietojasi voida poistaa tänä aikana" (the notice). */
function roleHolds(state: CustomerState): Hold[] {
  return state.roles.map((organisation) => ({ hold: 'contact-person', organisation }));
}

/** The scope of `orders` is the last day of the financial year: the law counts from there. */
function statutoryHolds(scope: Scope, now: Instant): Hold[] {
  const financialYear = scope as string as LocalDate;
  if (voucherRetentionOver(financialYear, now)) return [];
  return [{ hold: 'statutory', until: voucherRetentionEnd(financialYear) }];
}
