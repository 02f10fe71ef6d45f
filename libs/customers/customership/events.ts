import { eventType } from '#kernel';
import { Type } from 'typebox';

import { Day, Uuid } from '../vocabulary.js';

const closed = { additionalProperties: false } as const;

export const CustomershipEnded = eventType(
  'CustomershipEnded',
  Type.Object({ on: Day }, closed),
  'The customer relationship ended; the retention of ten years runs from this day.',
);

export const CustomershipResumed = eventType(
  'CustomershipResumed',
  Type.Object({ on: Day }, closed),
  'The customer relationship goes on again.',
);

export const CustomersMerged = eventType(
  'CustomersMerged',
  Type.Object({ with: Uuid, role: Type.Enum(['kept', 'absorbed']) }, closed),
  'Two entries turned out to be one customer: they are read, restricted and erased as one.',
);
