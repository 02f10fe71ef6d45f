import { eventType } from '#kernel';
import { Type } from 'typebox';
import type { Static } from 'typebox';

import { At, CaseNumberText, Day, ERASABLE, ERASURE_GROUNDS, Part, Uuid } from '../vocabulary.js';

const closed = { additionalProperties: false } as const;

/** Why a part cannot go yet. Each is a fact in the customer's own stream. */
export const Hold = Type.Union([
  Type.Object({ hold: Type.Literal('open-invoice'), invoice: Uuid }, closed),
  Type.Object({ hold: Type.Literal('collection'), invoice: Uuid }, closed),
  Type.Object({ hold: Type.Literal('contact-person'), organisation: Uuid }, closed),
  /** 1336/1997, 2:10: the voucher is kept to the end of `until`, Helsinki time. */
  Type.Object({ hold: Type.Literal('statutory'), until: Day }, closed),
]);
export type Hold = Static<typeof Hold>;

/** A part that waits, and all that it waits for. */
export const Wait = Type.Object(
  { category: Type.Enum(ERASABLE), scope: Type.String(), holds: Type.Array(Hold) },
  closed,
);
export type Wait = Static<typeof Wait>;

export const ErasureRequested = eventType(
  'ErasureRequested',
  Type.Object(
    {
      case: CaseNumberText,
      ground: Type.Enum(ERASURE_GROUNDS),
      categories: Type.Array(Type.Enum(ERASABLE)),
      /** The last day to answer (Art. 12(3), Regulation 1182/71). */
      answerBy: Day,
    },
    closed,
  ),
  'Erasure was asked for (Art. 17). The reply address is sealed and lives as long as the case.',
  { seals: ['correspondence'] },
);

export const ErasureDeferred = eventType(
  'ErasureDeferred',
  Type.Object({ case: CaseNumberText, waits: Type.Array(Wait) }, closed),
  'Parts of an erasure wait for what holds them (Art. 17(3)); they go when the last hold ends.',
);

export const ErasureWithdrawn = eventType(
  'ErasureWithdrawn',
  Type.Object({ case: CaseNumberText }, closed),
  'The request was withdrawn; what had begun before is not taken back.',
);

export const ErasureStarted = eventType(
  'ErasureStarted',
  Type.Object({ case: CaseNumberText, parts: Type.Array(Part) }, closed),
  'Erasure of these parts has begun and is not taken back; nothing opens them from now on.',
);

export const SubjectErased = eventType(
  'SubjectErased',
  Type.Object(
    {
      case: CaseNumberText,
      /** The ErasureStarted that this one completes. */
      started: Uuid,
      ground: Type.Enum(ERASURE_GROUNDS),
      keys: Type.Array(
        Type.Object(
          {
            category: Type.Enum(ERASABLE),
            scope: Type.String(),
            key: Uuid,
            fingerprint: Type.String(),
            destroyedAt: At,
          },
          closed,
        ),
      ),
      /** What a hold keeps, and until when where that is a date. */
      kept: Type.Array(Wait),
      /** Stores that the erasure reached. */
      stores: Type.Array(Type.String()),
      /** Events whose envelopes had been disclosed before: what is known elsewhere. */
      disclosed: Type.Array(Uuid),
      /** Not to be read in the running system since. */
      unreadableSince: At,
      /** Not to be read in any copy or backup by. */
      unreadableInCopiesBy: At,
      /** Ed25519 over the canonical JSON of all of the above with the ledger's and subject's ids. */
      signature: Type.String(),
      signer: Type.String(),
    },
    closed,
  ),
  'The keys of these parts are destroyed; the signed receipt says what is gone and what is kept.',
);

export const ErasureCaseClosed = eventType(
  'ErasureCaseClosed',
  Type.Object({ case: CaseNumberText, ends: Type.Array(Part) }, closed),
  'The person has the answer; the reply address is destroyed.',
);

/** Of the restore gate: a key that had been destroyed was back, from an old copy. */
export const ErasureRepeated = eventType(
  'ErasureRepeated',
  Type.Object(
    {
      parts: Type.Array(Part),
      /** Which memories knew of the destruction. */
      knownBy: Type.Array(Type.Enum(['log', 'anchor', 'tombstone'])),
      /** The event under which it was destroyed the first time. */
      first: Uuid,
    },
    closed,
  ),
  'A restored copy had brought destroyed keys back; they were destroyed again before anything read.',
);

/** Of the restore gate: an officer has accepted that a key is lost, which is not an erasure. */
export const KeyLost = eventType(
  'KeyLost',
  Type.Object({ parts: Type.Array(Part) }, closed),
  'A key is gone and nothing in the ledger ended it: its data are lost, not erased.',
);
