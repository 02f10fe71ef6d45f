import type { Category, EventType } from '#kernel';
import { CATEGORIES, SOURCES } from '#kernel';
import { Type } from 'typebox';
import type { TObject, TSchema } from 'typebox';

import { Affiliation, Contact, Identity, Mention, ReplyAddress, Voucher } from './personal.js';
import type { OlderVersion } from './upcasters.js';
import { olderCustomerVersions } from './upcasters.js';
import { At, Uuid } from './vocabulary.js';

const closed = { additionalProperties: false } as const;
const Base64url = (bytes: number) =>
  Type.String({ pattern: `^[A-Za-z0-9_-]{${String(Math.ceil((bytes * 4) / 3))}}$` });

/** One event type in one schema version. */
export interface CatalogueEntry {
  readonly name: string;
  readonly version: number;
  /** Whether events are still written in this version. */
  readonly current: boolean;
  readonly says: string;
  /** Categories whose envelopes it may carry. */
  readonly seals: readonly Category[];
  /** JSON Schema of the event's data as they are stored, with the envelopes in `sealed`. */
  readonly data: TSchema;
}

/** What can stand in the log, as JSON Schema. */
export interface Catalogue {
  readonly events: readonly CatalogueEntry[];
  readonly metadata: TSchema;
  readonly envelope: TSchema;
  /** What lies in the envelopes of a category; the log never holds it in clear. */
  readonly personal: Readonly<Record<Category, TSchema>>;
}

/** Metadata of every event. */
const Metadata = Type.Object(
  {
    actor: Type.String({ minLength: 1 }),
    purpose: Type.String({ minLength: 1 }),
    source: Type.Enum(SOURCES),
    command: Uuid,
    fingerprint: Type.String({ pattern: '^(hmac|sha256):[A-Za-z0-9_-]{43}$' }),
    causation: Type.Optional(Uuid),
    correlation: Uuid,
    schema: Type.Integer({ minimum: 1 }),
    recordedAt: At,
    salt: Base64url(16),
  },
  closed,
);

/** An envelope of one of the categories given. */
function envelopeOf(categories: readonly Category[]): TObject {
  return Type.Object(
    {
      subject: Uuid,
      category: Type.Enum([...categories]),
      scope: Type.String({ minLength: 1 }),
      key: Uuid,
      nonce: Base64url(12),
      ciphertext: Type.String({ pattern: '^[A-Za-z0-9_-]+$' }),
      commitment: Base64url(32),
    },
    closed,
  );
}

/** What is left of a value of which everything was removed. */
const Removed = Type.Object({}, closed);

const PERSONAL: Readonly<Record<Category, TSchema>> = {
  identity: Identity,
  affiliation: Type.Union([Affiliation, Mention, Removed]),
  contact: Contact,
  orders: Voucher,
  correspondence: ReplyAddress,
};

/**
 * The event catalogue of the types given: newest versions, and before each the older ones that a
 * log may still hold.
 */
export function catalogue(
  types: Readonly<Record<string, EventType>>,
  older: readonly OlderVersion[] = olderCustomerVersions,
): Catalogue {
  return {
    events: Object.values(types).flatMap((type) => [
      ...older
        .filter(({ name }) => name === type.name)
        .map(({ version, data }) => entryOf(type, version, data)),
      entryOf(type, type.version, type.data),
    ]),
    metadata: Metadata,
    envelope: envelopeOf(CATEGORIES),
    personal: PERSONAL,
  };
}

function entryOf(type: EventType, version: number, data: TObject): CatalogueEntry {
  const { name, says, seals } = type;
  return {
    name,
    version,
    current: version === type.version,
    says,
    seals,
    data: stored(data, seals),
  };
}

/** The data as they are stored: an event that may seal something has a field for envelopes. */
function stored(data: TObject, seals: readonly Category[]): TSchema {
  if (seals.length === 0) return data;
  const sealed = Type.Optional(Type.Array(envelopeOf(seals), { minItems: 1 }));
  return Type.Object({ ...data.properties, sealed }, closed);
}
