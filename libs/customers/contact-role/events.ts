import { eventType } from '#kernel';
import { Type } from 'typebox';

import { Day, Uuid } from '../vocabulary.js';

const closed = { additionalProperties: false } as const;

export const ContactRoleStarted = eventType(
  'ContactRoleStarted',
  Type.Object({ organisation: Uuid, on: Day }, closed),
  'The person acts as contact person of an organisation that is a customer.',
  { seals: ['affiliation'] },
);

export const ContactRoleEnded = eventType(
  'ContactRoleEnded',
  Type.Object({ organisation: Uuid, on: Day }, closed),
  'The person no longer acts as contact person of the organisation.',
);
