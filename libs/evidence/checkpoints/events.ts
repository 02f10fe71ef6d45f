import { eventType } from '#kernel';
import { Type } from 'typebox';

const closed = { additionalProperties: false } as const;

/** What is said of the tree at one size. */
const HEAD = {
  /** Name under which the ledger signs. */
  origin: Type.String({ minLength: 1, maxLength: 255 }),
  /** Number of leaves, from the first on. */
  size: Type.Integer({ minimum: 0 }),
  /** Root over them: 32 bytes, base64url. */
  root: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
};

export const CheckpointSigned = eventType(
  'CheckpointSigned',
  Type.Object(
    {
      ...HEAD,
      note: Type.String({ description: 'The signed note (c2sp.org/tlog-checkpoint).' }),
      follows: Type.Optional(
        Type.Object(HEAD, {
          ...closed,
          description:
            'Of the first under an origin: the last that was signed under the one before.',
        }),
      ),
    },
    closed,
  ),
  'The ledger has signed which root its tree has at which size; this event itself is covered by the next.',
);

export const LogRestored = eventType(
  'LogRestored',
  Type.Object(
    {
      origin: HEAD.origin,
      follows: Type.Object(HEAD, closed),
      size: Type.Integer({ minimum: 0, description: 'Events that the log had.' }),
      by: Type.Array(Type.String({ format: 'uuid' }), { minItems: 2, maxItems: 2 }),
      at: Type.String({ format: 'date-time' }),
    },
    closed,
  ),
  'Two officers have accepted a log that was put back, though more had been signed: what follows is signed under another origin.',
);

/** What stands in the stream of evidence. */
export const evidenceEventTypes = { CheckpointSigned, LogRestored };
