import { randomUUID } from 'node:crypto';

import { v5 } from 'uuid';

import { InvalidInput } from './errors.js';

declare const brand: unique symbol;

/** A `Base` that cannot be mistaken for another kind of `Base`. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

/** The ledger itself: made once, on its first start. */
export type LedgerId = Brand<string, 'LedgerId'>;
/** A person or organisation that personal data is about. */
export type SubjectId = Brand<string, 'SubjectId'>;
/** One event. Derived from its command, so that a retry makes the same. */
export type EventId = Brand<string, 'EventId'>;
/** One command: the same for every retry of it. */
export type CommandId = Brand<string, 'CommandId'>;
/** One data-encryption key (DEK) of one subject, category and scope. Random. */
export type KeyId = Brand<string, 'KeyId'>;
/** One key-encryption key (KEK). Random. */
export type KekId = Brand<string, 'KekId'>;
/** Logical name of a stream: `[A-Za-z0-9-]+`, without the store's own prefix. */
export type StreamName = Brand<string, 'StreamName'>;

/** Ids that are UUIDs in lower case. */
export type UuidBrand = LedgerId | SubjectId | EventId | CommandId | KeyId | KekId;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const STREAM = /^[A-Za-z0-9-]{1,200}$/;

/** Whether a text is a UUID in lower case, of any version. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** Takes a UUID in any case as an id of the kind asked for; {@link InvalidInput} otherwise. */
export function uuidAs<Id extends UuidBrand>(text: string, field: string): Id {
  const lower = text.toLowerCase();
  if (!UUID.test(lower)) throw new InvalidInput(field, 'uuid', 'must be a UUID');
  return lower as Id;
}

/** A fresh random id (UUIDv4). */
export function randomId<Id extends UuidBrand>(): Id {
  return randomUUID() as string as Id;
}

/**
 * An id derived from another and a label (UUIDv5, RFC 9562 section 5.5): the same input gives the
 * same id, in every process and at every retry.
 */
export function derivedId<Id extends UuidBrand>(from: UuidBrand, label: string): Id {
  return v5(label, from) as Id;
}

/** Takes a text as a stream name; {@link InvalidInput} if it is not one. */
export function streamName(text: string): StreamName {
  if (!STREAM.test(text)) throw new InvalidInput('stream', 'stream-name', 'is not a stream name');
  return text as StreamName;
}
