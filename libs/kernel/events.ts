import type { Brand, CommandId, EventId, KeyId, StreamName, SubjectId } from './ids.js';
import type { Instant } from './clock.js';
import type { JsonObject } from './json.js';

/**
 * A place in the order of all events, opaque. Text order is log order; events may leave gaps.
 * {@link START} comes before the first event.
 */
export type Position = Brand<string, 'Position'>;

/** The position before the first event. */
export const START = '' as Position;

/** Kinds of personal data, each under keys of its own (the notice, "Rekisterin tietosisältö"). */
export const CATEGORIES = [
  'identity',
  'affiliation',
  'contact',
  'orders',
  'correspondence',
] as const;
export type Category = (typeof CATEGORIES)[number];

/**
 * What one key covers within a category: a generation (`g1`, `g2`, …) for identity, affiliation
 * and contact; the last day of the financial year (`2025-12-31`) for orders; the case number for
 * correspondence.
 */
export type Scope = Brand<string, 'Scope'>;

/** Where a fact came from (Art. 14(2)(f); the notice, "Säännönmukaiset tietolähteet"). */
export const SOURCES = [
  'registration',
  'customer-notice',
  'update-service',
  'subcontractor',
  'partner-site',
  'staff',
  'import',
  'ledger',
] as const;
export type Source = (typeof SOURCES)[number];

/** Which key an envelope lies under: the coordinates of personal data. */
export interface KeyRef {
  readonly subject: SubjectId;
  readonly category: Category;
  readonly scope: Scope;
  readonly key: KeyId;
}

/** Personal data of one subject and category, sealed (docs/format.md). Base64url throughout. */
export interface Envelope extends KeyRef {
  /** 12 random bytes. */
  readonly nonce: string;
  /** AES-256-GCM ciphertext and its 16-byte tag. */
  readonly ciphertext: string;
  /** 32 bytes that bind the envelope to the one key that opens it. */
  readonly commitment: string;
}

/** What is known of every event. Nothing here identifies a person. */
export interface Metadata {
  /** Id of the account that gave the command, or `ledger` for the ledger's own steps. */
  readonly actor: string;
  /** Code of the purpose in the register definition. */
  readonly purpose: string;
  readonly source: Source;
  readonly command: CommandId;
  /** Keyed hash of the command's content; same command, same content. */
  readonly fingerprint: string;
  /** The event that this one follows from, if it is a step of a process. */
  readonly causation?: EventId;
  /** The first command of the chain that led here. */
  readonly correlation: CommandId;
  /** Schema version of `data` for this type. */
  readonly schema: number;
  /** The ledger's own time of recording; it never falls within a stream. */
  readonly recordedAt: Instant;
  /** 16 random bytes, base64url: blinds the hash of data that could be guessed. */
  readonly salt: string;
}

/** Data of an event: plain fields that tell nothing of a person, and envelopes that do. */
export interface EventData extends JsonObject {
  readonly sealed?: readonly (Envelope & JsonObject)[];
}

/** An event as it is handed to a log. */
export interface NewEvent {
  readonly id: EventId;
  readonly type: string;
  readonly metadata: Metadata;
  readonly data: EventData;
}

/** An event as it was read back. */
export interface RecordedEvent extends NewEvent {
  readonly stream: StreamName;
  /** Place in its stream, from 0, without gaps. */
  readonly revision: number;
  readonly position: Position;
}
