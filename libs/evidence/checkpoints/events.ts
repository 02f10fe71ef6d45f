import { eventType } from '#kernel';
import { Type } from 'typebox';

const closed = { additionalProperties: false } as const;

/** What a checkpoint's event says of the tree. */
export const HEAD_FIELDS = {
  /** Name under which the ledger signs. */
  origin: Type.String({ minLength: 1, maxLength: 255 }),
  /** Number of leaves, from the first on. */
  size: Type.Integer({ minimum: 0 }),
  /** Root over them: 32 bytes, base64url. */
  root: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
};

export const CheckpointSigned = eventType(
  'CheckpointSigned',
  Type.Object({ ...HEAD_FIELDS, note: Type.String() }, closed),
  'The ledger has signed which root its tree has at which size; this event itself is covered by the next.',
);

/** What stands in the stream of evidence. */
export const evidenceEventTypes = { CheckpointSigned };
