import { eventType } from '#kernel';
import { Type } from 'typebox';

import { At, RESTRICTION_GROUNDS } from '../vocabulary.js';

const closed = { additionalProperties: false } as const;

export const ProcessingRestricted = eventType(
  'ProcessingRestricted',
  Type.Object({ ground: Type.Enum(RESTRICTION_GROUNDS) }, closed),
  'Processing was restricted: the data are kept, and used only as Art. 18(2) allows.',
);

export const RestrictionLifted = eventType(
  'RestrictionLifted',
  Type.Object({ toldAt: At }, closed),
  'The restriction was lifted; the person had been told before (Art. 18(3)).',
);
