import { CATEGORIES, eventType } from '#kernel';
import { Type } from 'typebox';

import { Uuid } from '../vocabulary.js';

const closed = { additionalProperties: false } as const;

export const EnvelopeDisclosed = eventType(
  'EnvelopeDisclosed',
  Type.Object(
    {
      /** The event whose envelope it was, of whatever stream. */
      event: Uuid,
      category: Type.Enum(CATEGORIES),
      /** The key that the envelope lies under; it was not disclosed. */
      key: Uuid,
      /** Code of a recipient of the register definition. */
      recipient: Type.String({ minLength: 1 }),
    },
    closed,
  ),
  'The key of one envelope was handed to a recipient, who can open that one, and learns nothing else.',
);
