import { eventType } from '#kernel';
import { Type } from 'typebox';

import { USES } from '../vocabulary.js';

const closed = { additionalProperties: false } as const;

export const UseForbidden = eventType(
  'UseForbidden',
  Type.Object({ use: Type.Enum(USES) }, closed),
  'The customer forbade a use of the data (Art. 21; the notice).',
);

export const UseAllowed = eventType(
  'UseAllowed',
  Type.Object({ use: Type.Enum(USES) }, closed),
  'The customer allowed a use of the data that was forbidden before.',
);
