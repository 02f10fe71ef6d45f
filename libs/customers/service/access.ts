import type { Category, Refusal } from '#kernel';
import { refuse } from '#kernel';

import type { CustomerPolicy } from '../policy.js';
import type { Caller } from './caller.js';
import type { CustomerDoc } from '../views/customers-view.js';

/**
 * Purposes that a hold keeps data for: what waits for its erasure is used for nothing else
 * (Art. 17(3), 5(1)(b)).
 */
const HELD_FOR: ReadonlySet<string> = new Set([
  'invoicing',
  'debt-collection',
  'accounting',
  'order-management',
  'legal-claims',
  'data-subject-rights',
]);

/** Why a value that is there is not shown. */
export const WITHHELD = ['restricted', 'role', 'purpose', 'waiting', 'erasing', 'lost'] as const;
export type Withheld = (typeof WITHHELD)[number];

/** What keeps a caller from a category of a customer; undefined: nothing. */
export function withholding(
  caller: Caller,
  doc: CustomerDoc,
  category: Category,
  policy: CustomerPolicy,
): Exclude<Withheld, 'lost'> | undefined {
  if (caller.role === 'auditor') return 'role';
  if (doc.restricted && !policy.mayUseRestricted(caller.purpose)) return 'restricted';
  // Art. 5(1)(b): the register definition says what each purpose processes, and it is no more.
  if (!policy.processes(caller.purpose, category)) return 'purpose';
  // Its keys may be there for a moment yet: what an erasure has begun with is not shown any more.
  if (doc.gone[category]?.state === 'erasing') return 'erasing';
  const waits = Object.values(doc.held).some((categories) => categories.includes(category));
  return waits && !HELD_FOR.has(caller.purpose) ? 'waiting' : undefined;
}

/** Reading one restricted customer is refused as a whole (Art. 18(2)). */
export function restrictedFor(
  caller: Caller,
  docs: readonly CustomerDoc[],
  policy: CustomerPolicy,
): Refusal | undefined {
  const restricted = docs.some((doc) => doc.restricted);
  if (!restricted || caller.role === 'auditor' || policy.mayUseRestricted(caller.purpose)) {
    return undefined;
  }
  return refuse(
    'forbidden',
    'restricted',
    'Processing of this customer is restricted (Art. 18); the purpose is not one that Art. 18(2) allows.',
  );
}
