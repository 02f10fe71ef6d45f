import type { Category, Decider, Deciding, Fact, Refusal, SubjectId } from '#kernel';
import { IntegrityError } from '#kernel';

import { setUse } from './bans/decide.js';
import type { CustomerCommand } from './commands.js';
import { endRole, startRole } from './contact-role/decide.js';
import { endCustomership, merge, resumeCustomership } from './customership/decide.js';
import { discloseEnvelope } from './disclosure/decide.js';
import * as erasure from './erasure/decide.js';
import type { CustomerDraft, CustomerFact } from './event-types.js';
import { isCustomerEvent } from './event-types.js';
import { evolveCustomer } from './evolve.js';
import { guard } from './guards.js';
import type { CustomerPolicy } from './policy.js';
import { register, update, updateProfile } from './profile/decide.js';
import { lift, restrict } from './restriction/decide.js';
import type { CustomerState } from './state.js';
import { initialCustomer } from './state.js';
import * as trade from './trade/decide.js';
import { PROFILE } from './vocabulary.js';

type CustomerDecider = Decider<CustomerCommand, CustomerDraft, CustomerState>;

/** The customer: all decisions and the fold, under the policy of the register. */
export function customerDecider(subject: SubjectId, policy: CustomerPolicy): CustomerDecider {
  return {
    ...customerFold(subject),
    decide: (command, state, deciding) =>
      guard(command, state, deciding, policy) ?? decide(command, state, deciding, policy),
  };
}

/** The fold alone, for those who decide nothing. It needs no policy. */
export function customerFold(subject: SubjectId): Pick<CustomerDecider, 'initial' | 'evolve'> {
  return {
    initial: initialCustomer,
    evolve: (state, fact) => evolveCustomer(subject, state, customerFact(fact)),
  };
}

const NEEDS: Partial<Record<CustomerCommand['do'], readonly Category[]>> = {
  'update-identity': ['identity'],
  'update-contact': ['contact'],
  'update-affiliation': ['affiliation'],
};

/** Categories that a command must see in clear: it changes a part of a value. */
export function needsOf(command: CustomerCommand): readonly Category[] {
  if (command.do === 'update-profile') {
    return PROFILE.filter((category) => command[category] !== undefined);
  }
  return NEEDS[command.do] ?? [];
}

function decide(
  command: CustomerCommand,
  state: CustomerState,
  deciding: Deciding,
  policy: CustomerPolicy,
): readonly CustomerDraft[] | Refusal {
  switch (command.do) {
    case 'register':
      return register(command, state, policy);
    case 'update-identity':
      return update('identity', command.changes, command.subject, state, deciding);
    case 'update-contact':
      return update('contact', command.changes, command.subject, state, deciding);
    case 'update-affiliation':
      return update('affiliation', command.changes, command.subject, state, deciding);
    case 'update-profile':
      return updateProfile(command, state, deciding);
    case 'start-contact-role':
      return startRole(command, state);
    case 'end-contact-role':
      return endRole(command, state);
    case 'record-order':
      return trade.recordOrder(command, state, deciding, policy);
    case 'cancel-order':
      return trade.cancelOrder(command, state);
    case 'open-invoice':
      return trade.openInvoice(command, state, deciding, policy);
    case 'settle-invoice':
    case 'credit-invoice':
      return trade.closeInvoice(command, state);
    case 'start-collection':
    case 'end-collection':
      return trade.collect(command, state);
    case 'record-invoice':
      return trade.recordInvoice(command, state, deciding, policy);
    case 'end-customership':
      return endCustomership(command, state);
    case 'resume-customership':
      return resumeCustomership(command, state);
    case 'merge':
      return merge(command, state);
    case 'forbid-use':
    case 'allow-use':
      return setUse(command, state);
    case 'restrict':
      return restrict(command, state);
    case 'lift-restriction':
      return lift(command, state, deciding);
    case 'request-erasure':
      return erasure.requestErasure(command, state, deciding);
    case 'withdraw-erasure':
      return erasure.withdrawErasure(command, state);
    case 'continue-erasure':
      return erasure.continueErasure(command, state, deciding);
    case 'close-case':
      return erasure.closeCase(command, state);
    case 'complete-erasure':
      return erasure.completeErasure(command, state);
    case 'complete-ending':
      return erasure.completeEnding(command, state);
    case 'repeat-erasure':
      return erasure.repeatErasure(command, state);
    case 'record-key-lost':
      return erasure.recordKeyLost(command, state);
    case 'disclose-envelope':
      return discloseEnvelope(command, state, deciding, policy);
    case 'drop-reservation':
      return state.category === undefined ? [{ type: 'ReservationDropped', data: {} }] : [];
  }
}

/**
 * A fact of this stream with the type that its name promises. The log's data were written by these
 * same types and lifted to their newest version, so the name vouches for the shape.
 */
function customerFact(fact: Fact): CustomerFact {
  if (!isCustomerEvent(fact.type)) {
    throw new IntegrityError('event-unknown', `${fact.type} has no place in a customer's stream`);
  }
  return fact as CustomerFact;
}
