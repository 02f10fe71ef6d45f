import { eventType } from '#kernel';
import { Type } from 'typebox';

/** Whether a certificate was seen to lead to a trust anchor. */
const CHAINS = ['checked', 'unchecked'] as const;

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
      key: Type.String({ description: 'The vkey that verifies it (c2sp.org/signed-note).' }),
      successor: Type.Optional(
        Type.String({ description: 'The vkey that signs from then on; it has signed this too.' }),
      ),
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

export const CheckpointCosigned = eventType(
  'CheckpointCosigned',
  Type.Object(
    {
      origin: HEAD.origin,
      size: HEAD.size,
      witness: Type.String({ minLength: 1, maxLength: 255, description: 'Name of its key.' }),
      line: Type.String({ description: 'The cosignature (c2sp.org/tlog-cosignature), a line.' }),
      at: Type.String({ format: 'date-time', description: 'When, as the witness says.' }),
    },
    closed,
  ),
  'A witness outside has cosigned a checkpoint: it has seen that tree, and that it has only grown.',
);

export const CheckpointTimestamped = eventType(
  'CheckpointTimestamped',
  Type.Object(
    {
      origin: HEAD.origin,
      size: HEAD.size,
      authority: Type.String({
        minLength: 1,
        maxLength: 255,
        description: 'Address of the authority, without credentials and query.',
      }),
      response: Type.String({
        pattern: '^[A-Za-z0-9+/]+={0,2}$',
        description:
          'What it has answered (TimeStampResp of RFC 3161, DER), base64: over the signed note as the ledger has signed it.',
      }),
      at: Type.String({ format: 'date-time', description: 'When, as the authority says.' }),
      chain: Type.Enum(CHAINS, {
        description: 'Whether its certificate was seen to lead to a trust anchor of the settings.',
      }),
    },
    closed,
  ),
  'A time-stamping authority outside has said when a checkpoint was there at the latest.',
);

/** What stands in the stream of evidence. */
export const evidenceEventTypes = {
  CheckpointSigned,
  CheckpointCosigned,
  CheckpointTimestamped,
  LogRestored,
};
