import { eventType } from '#kernel';
import { Type } from 'typebox';

const closed = { additionalProperties: false } as const;
const Kek = Type.String({ format: 'uuid' });
const At = Type.String({ format: 'date-time' });

export const KekRotated = eventType(
  'KekRotated',
  Type.Object({ kek: Kek }, closed),
  'A new key-encryption key took the place of the one before; live keys are wrapped anew under it.',
);

export const KekRetired = eventType(
  'KekRetired',
  Type.Object({ kek: Kek, dueAt: At, retiredAt: At }, closed),
  'A key-encryption key was destroyed: no copy of the vault from its time can be opened any more.',
);

export const KekRetirementMissed = eventType(
  'KekRetirementMissed',
  Type.Object({ kek: Kek, dueAt: At }, closed),
  'A key-encryption key was due to be destroyed and a day later was not; receipts named that day.',
);
