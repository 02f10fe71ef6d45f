import { eventType } from '#kernel';
import { Type } from 'typebox';

import { CUSTOMER_CATEGORIES, Part } from '../vocabulary.js';

const closed = { additionalProperties: false } as const;

/** Keys that this event ends: what they sealed is deleted with them (Art. 16, 5(1)(d)). */
const ends = Type.Optional(Type.Array(Part));

export const CustomerRegistered = eventType(
  'CustomerRegistered',
  Type.Object(
    {
      category: Type.Enum(CUSTOMER_CATEGORIES),
      /** Version of the privacy notice that the customer was shown (Art. 13). */
      notice: Type.Integer({ minimum: 1 }),
    },
    closed,
  ),
  'A customer was entered into the register.',
  { seals: ['identity', 'affiliation', 'contact'], version: 2 },
);

export const IdentityUpdated = eventType(
  'IdentityUpdated',
  Type.Object({ ends }, closed),
  'The name, or what else identifies the customer, was changed; the envelope holds all of it.',
  { seals: ['identity'] },
);

export const ContactUpdated = eventType(
  'ContactUpdated',
  Type.Object({ ends }, closed),
  'Email, telephone or postal address was changed; the envelope holds all of it.',
  { seals: ['contact'] },
);

export const AffiliationUpdated = eventType(
  'AffiliationUpdated',
  Type.Object({ ends }, closed),
  'The organisation that the person represents was changed; the envelope holds all of it.',
  { seals: ['affiliation'] },
);

/** The keys that a rectification or a closed case ended are gone. */
export const KeysDestroyed = eventType(
  'KeysDestroyed',
  Type.Object(
    {
      /** The event that ended them. */
      cause: Type.String({ format: 'uuid' }),
      keys: Type.Array(
        Type.Object({ key: Type.String({ format: 'uuid' }), fingerprint: Type.String() }, closed),
      ),
    },
    closed,
  ),
  'Keys that an earlier event ended were destroyed; what they sealed cannot be opened any more.',
);

/** A customer number was reserved and its registration never came: the number is free again. */
export const ReservationDropped = eventType(
  'ReservationDropped',
  Type.Object({}, closed),
  'A registration was given up before it was recorded; a late attempt to record it is refused.',
);
