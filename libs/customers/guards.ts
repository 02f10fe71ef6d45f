import type { Deciding, Refusal } from '#kernel';
import { refuse } from '#kernel';

import type { CustomerCommand } from './commands.js';
import type { CustomerPolicy } from './policy.js';
import type { CustomerState } from './state.js';

/**
 * Commands that carry out the person's own rights, or the ledger's duties towards them. They read
 * and change no personal data of the register, so a restriction does not stand against them.
 */
const RIGHTS: ReadonlySet<CustomerCommand['do']> = new Set([
  'forbid-use',
  'allow-use',
  'restrict',
  'lift-restriction',
  'request-erasure',
  'withdraw-erasure',
  'continue-erasure',
  'close-case',
  'complete-erasure',
  'complete-ending',
  'repeat-erasure',
  'record-key-lost',
  'drop-reservation',
  'merge',
] as const);

/** What stands against any command on this customer, before it is looked at closely. */
export function guard(
  command: CustomerCommand,
  state: CustomerState,
  deciding: Deciding,
  policy: CustomerPolicy,
): Refusal | undefined {
  if (state.dropped) {
    return refuse(
      'conflict',
      'reservation-dropped',
      'This registration was given up before it was recorded. Register with a new key.',
    );
  }
  if (command.do === 'register' || command.do === 'drop-reservation') return undefined;
  if (state.category === undefined) return notFound();
  if (
    state.restriction !== undefined &&
    !RIGHTS.has(command.do) &&
    !policy.mayUseRestricted(deciding.purpose)
  ) {
    return refuse(
      'forbidden',
      'restricted',
      'Processing of this customer is restricted (Art. 18); the purpose is not one that Art. 18(2) allows.',
    );
  }
  return undefined;
}

/** There is no such customer. */
export function notFound(): Refusal {
  return refuse('not-found', 'customer-not-found', 'There is no customer with this id.');
}
