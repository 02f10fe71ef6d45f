import type { SubjectId } from '#kernel';

import type { CustomerFact } from './event-types.js';
import { end, settle } from './keys.js';
import type { CustomerState } from './state.js';
import { PROFILE } from './vocabulary.js';
import { evolveErasure } from './erasure/evolve.js';
import { evolveTrade } from './trade/evolve.js';

/**
 * The state after a fact. Changes and returns the state that it is given (see Decider).
 * @param subject whose stream it is: envelopes of other people on it name no key of theirs here
 */
export function evolveCustomer(
  subject: SubjectId,
  state: CustomerState,
  fact: CustomerFact,
): CustomerState {
  nameKeys(subject, state, fact);
  switch (fact.type) {
    case 'CustomerRegistered':
      state.category = fact.data.category;
      break;
    case 'IdentityUpdated':
    case 'ContactUpdated':
    case 'AffiliationUpdated':
      if (fact.data.ends !== undefined) end(state, fact.id, fact.data.ends);
      break;
    case 'KeysDestroyed':
      settle(state, fact.data.cause);
      break;
    case 'ReservationDropped':
      state.dropped = true;
      break;
    case 'ContactRoleStarted':
      state.roles.push(fact.data.organisation as SubjectId);
      break;
    case 'ContactRoleEnded':
      state.roles = state.roles.filter((organisation) => organisation !== fact.data.organisation);
      break;
    case 'CustomershipEnded':
      state.endedOn = fact.data.on;
      break;
    case 'CustomershipResumed':
      state.endedOn = undefined;
      break;
    case 'CustomersMerged':
      state.linked.push(fact.data.with as SubjectId);
      if (fact.data.role === 'absorbed') state.absorbed = true;
      break;
    case 'UseForbidden':
      if (!state.forbidden.includes(fact.data.use)) state.forbidden.push(fact.data.use);
      break;
    case 'UseAllowed':
      state.forbidden = state.forbidden.filter((use) => use !== fact.data.use);
      break;
    case 'EnvelopeDisclosed':
      state.disclosed.push({ event: fact.data.event, key: fact.data.key });
      break;
    case 'ProcessingRestricted':
      state.restriction = fact.data.ground;
      break;
    case 'RestrictionLifted':
      state.restriction = undefined;
      break;
    case 'OrderRecorded':
    case 'OrderCancelled':
    case 'InvoiceOpened':
    case 'InvoiceSettled':
    case 'InvoiceCredited':
    case 'CollectionStarted':
    case 'CollectionEnded':
      evolveTrade(state, fact);
      break;
    case 'ErasureRequested':
    case 'ErasureDeferred':
    case 'ErasureWithdrawn':
    case 'ErasureStarted':
    case 'SubjectErased':
    case 'ErasureCaseClosed':
    case 'ErasureRepeated':
    case 'KeyLost':
      evolveErasure(state, fact);
      break;
  }
  return state;
}

/** Every envelope of the subject names its key; a new generation becomes the current one. */
function nameKeys(subject: SubjectId, state: CustomerState, fact: CustomerFact): void {
  for (const ref of fact.sealed) {
    if (ref.subject !== subject) continue;
    const scopes = (state.keys[ref.category] ??= {});
    if (scopes[ref.scope] !== undefined) continue;
    scopes[ref.scope] = { key: ref.key, state: 'live' };
    const profile = PROFILE.find((category) => category === ref.category);
    if (profile !== undefined) {
      state.generation[profile] = Math.max(state.generation[profile], Number(ref.scope.slice(1)));
    }
  }
}
