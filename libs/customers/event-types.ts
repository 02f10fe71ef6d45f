import type { DraftOf, FactOf } from '#kernel';

import * as bans from './bans/events.js';
import * as contactRole from './contact-role/events.js';
import * as customership from './customership/events.js';
import * as disclosure from './disclosure/events.js';
import * as erasure from './erasure/events.js';
import * as profile from './profile/events.js';
import * as restriction from './restriction/events.js';
import * as trade from './trade/events.js';

/** Everything that can have happened to a customer. */
export const customerEventTypes = {
  ...profile,
  ...trade,
  ...contactRole,
  ...customership,
  ...bans,
  ...restriction,
  ...disclosure,
  ...{
    ErasureRequested: erasure.ErasureRequested,
    ErasureDeferred: erasure.ErasureDeferred,
    ErasureWithdrawn: erasure.ErasureWithdrawn,
    ErasureStarted: erasure.ErasureStarted,
    SubjectErased: erasure.SubjectErased,
    ErasureCaseClosed: erasure.ErasureCaseClosed,
    ErasureRepeated: erasure.ErasureRepeated,
    KeyLost: erasure.KeyLost,
  },
};

type Types = typeof customerEventTypes;

/** An event of a customer's stream as a decision yields it. */
export type CustomerDraft = { [Name in keyof Types]: DraftOf<Types[Name]> }[keyof Types];

/** An event of a customer's stream as the fold sees it. */
export type CustomerFact = { [Name in keyof Types]: FactOf<Types[Name]> }[keyof Types];

/** The name of an event type of a customer's stream. */
export type CustomerEventName = keyof Types;

/** Whether a type stands in a customer's stream. */
export function isCustomerEvent(type: string): type is CustomerEventName {
  return Object.hasOwn(customerEventTypes, type);
}
