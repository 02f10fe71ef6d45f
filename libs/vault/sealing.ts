import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto';

import {
  canonicalBytes,
  IntegrityError,
  isJsonObject,
  type Category,
  type Envelope,
  type EventId,
  type JsonObject,
  type KeyId,
  type KeyRef,
  type StreamName,
  type SubjectId,
} from '#kernel';

import { freshNonce, NONCE_BYTES } from './nonces.js';

/** Where an envelope belongs. It opens nowhere else. */
export interface SealingContext {
  /** Logical name of the stream, without the store's own prefix. */
  readonly stream: StreamName;
  readonly event: EventId;
  readonly type: string;
  /** Schema version that the event was written in. */
  readonly schema: number;
  readonly subject: SubjectId;
  readonly category: Category;
  readonly key: KeyId;
}

/** The sealed part of an {@link Envelope}: base64url, without padding. */
export type Sealed = Pick<Envelope, 'nonce' | 'ciphertext' | 'commitment'>;

const CONTEXT_LABEL = 'privacy-ledger/envelope/v1';
const ENVELOPE_KEY_LABEL = 'privacy-ledger/envelope-key/v1';
const SEAL_LABEL = 'seal';

/** Length of a DEK, an envelope's key, its AES key and its commitment, in bytes. */
export const KEY_BYTES = 32;
const TAG_BYTES = 16;
const BLOCK_BYTES = 64;
const PAD_MARK = 0x80;
const CIPHER = 'aes-256-gcm';
const ZERO_KEY = Buffer.alloc(KEY_BYTES);

/** The context of an event's envelope. */
export function sealingContext(
  event: Pick<SealingContext, 'stream' | 'event' | 'type' | 'schema'>,
  ref: Pick<KeyRef, 'subject' | 'category' | 'key'>,
): SealingContext {
  const { stream, event: id, type, schema } = event;
  return {
    stream,
    event: id,
    type,
    schema,
    subject: ref.subject,
    category: ref.category,
    key: ref.key,
  };
}

/**
 * Seals a value under a DEK, for one place only (docs/format.md).
 *
 * Committing: no other key and no other context opens it. The length is hidden up to a multiple of
 * 64 bytes.
 * @param dek 32 bytes; read during the call and not kept
 */
export function seal(dek: Buffer, context: SealingContext, value: JsonObject): Sealed {
  const bound = contextText(context);
  const envelopeKey = deriveEnvelopeKey(dek, bound);
  const derived = deriveSealing(envelopeKey, bound);
  const padded = pad(canonicalBytes(value));
  try {
    const nonce = freshNonce();
    const cipher = createCipheriv(CIPHER, derived.subarray(0, KEY_BYTES), nonce);
    cipher.setAAD(Buffer.from(bound, 'latin1'));
    const body = cipher.update(padded);
    cipher.final();
    return {
      nonce: nonce.toString('base64url'),
      ciphertext: Buffer.concat([body, cipher.getAuthTag()]).toString('base64url'),
      commitment: derived.toString('base64url', KEY_BYTES),
    };
  } finally {
    envelopeKey.fill(0);
    derived.fill(0);
    padded.fill(0);
  }
}

/**
 * Opens what {@link seal} made with the same DEK and context.
 * @throws IntegrityError `envelope-refused` for anything else: another key, a moved, swapped,
 * re-typed or edited envelope. It never says which, and never quotes.
 */
export function open(dek: Buffer, context: SealingContext, envelope: Sealed): JsonObject {
  const bound = contextText(context);
  const envelopeKey = deriveEnvelopeKey(dek, bound);
  try {
    return openBound(envelopeKey, bound, envelope);
  } finally {
    envelopeKey.fill(0);
  }
}

/**
 * The key of one envelope alone (`E`, 32 bytes): given to a court it opens that envelope and tells
 * nothing else of the person. The caller zeroes it.
 */
export function envelopeKeyOf(dek: Buffer, context: SealingContext): Buffer {
  return deriveEnvelopeKey(dek, contextText(context));
}

/** Opens one envelope with its own key ({@link envelopeKeyOf}); refuses as {@link open} does. */
export function openWithE(
  envelopeKey: Buffer,
  context: SealingContext,
  envelope: Sealed,
): JsonObject {
  assertKey(envelopeKey);
  return openBound(envelopeKey, contextText(context), envelope);
}

/**
 * The context as the bytes that are authenticated: lines that each end with a newline, none of
 * which holds one, so that no two contexts give the same bytes. ASCII.
 * @throws IntegrityError `context-form` for a part with anything but printable ASCII
 */
export function contextText(context: SealingContext): string {
  const { stream, event, type, schema, subject, category, key } = context;
  if (!Number.isSafeInteger(schema)) throw badContext();
  const lines = `${CONTEXT_LABEL}\n${stream}\n${event}\n${type}\n${String(schema)}\n${subject}\n${category}\n${key}\n`;
  if (!EIGHT_LINES.test(lines)) throw badContext();
  return lines;
}

/** Eight lines exactly: a part that holds a newline makes nine. */
const EIGHT_LINES = /^(?:[\x21-\x7e]+\n){8}$/;

function badContext(): IntegrityError {
  return new IntegrityError('context-form', 'a part of a sealing context is not plain text');
}

function deriveEnvelopeKey(dek: Buffer, bound: string): Buffer {
  assertKey(dek);
  return createHmac('sha256', dek)
    .update(ENVELOPE_KEY_LABEL + bound, 'latin1')
    .digest();
}

/** 64 bytes: the AES key, then the commitment. */
function deriveSealing(envelopeKey: Buffer, bound: string): Buffer {
  return createHmac('sha512', envelopeKey)
    .update(SEAL_LABEL + bound, 'latin1')
    .digest();
}

function openBound(envelopeKey: Buffer, bound: string, envelope: Sealed): JsonObject {
  const nonce = decode(envelope.nonce);
  const sealed = decode(envelope.ciphertext);
  const commitment = decode(envelope.commitment);
  const derived = deriveSealing(envelopeKey, bound);
  try {
    const body = sealed.length - TAG_BYTES;
    if (nonce.length !== NONCE_BYTES || body < BLOCK_BYTES || body % BLOCK_BYTES !== 0) {
      throw refused();
    }
    // The commitment first: a key that does not match never gets to decrypt anything.
    if (
      commitment.length !== KEY_BYTES ||
      !timingSafeEqual(commitment, derived.subarray(KEY_BYTES))
    ) {
      throw refused();
    }
    return decrypt(derived.subarray(0, KEY_BYTES), nonce, bound, sealed);
  } finally {
    derived.fill(0);
  }
}

function decrypt(key: Buffer, nonce: Buffer, bound: string, sealed: Buffer): JsonObject {
  const body = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv(CIPHER, key, nonce);
  decipher.setAAD(Buffer.from(bound, 'latin1'));
  decipher.setAuthTag(sealed.subarray(body));
  const padded = decipher.update(sealed.subarray(0, body));
  try {
    decipher.final();
    return parse(padded, lengthOf(padded));
  } catch (error) {
    // The tag failed, or what was sealed was never ours. The cause is left out: Node's own JSON
    // error quotes what it read.
    throw error instanceof IntegrityError ? error : refused();
  } finally {
    padded.fill(0);
  }
}

function parse(padded: Buffer, length: number): JsonObject {
  const value: unknown = JSON.parse(padded.toString('utf8', 0, length));
  if (!isJsonObject(value)) throw refused();
  return value;
}

/** 0x80, then zeros up to the next multiple of 64 (ISO/IEC 7816-4): at least one byte, read one way. */
function pad(plain: Buffer): Buffer {
  const padded = Buffer.alloc((Math.floor(plain.length / BLOCK_BYTES) + 1) * BLOCK_BYTES);
  plain.copy(padded);
  padded[plain.length] = PAD_MARK;
  plain.fill(0);
  return padded;
}

/** Length of what was padded; refused if the padding is not the shortest. */
function lengthOf(padded: Buffer): number {
  let end = padded.length - 1;
  while (end >= 0 && padded[end] === 0) end--;
  if (padded[end] !== PAD_MARK || padded.length - end > BLOCK_BYTES) throw refused();
  return end;
}

/** Base64url in the one spelling that {@link seal} writes; refused in any other. */
function decode(text: unknown): Buffer {
  if (typeof text !== 'string') throw refused();
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text) throw refused();
  return bytes;
}

function refused(): IntegrityError {
  return new IntegrityError('envelope-refused', 'an envelope does not open with its key and place');
}

/**
 * Refuses a key that was zeroed, since it has left its cache: sealing under it would be as good as
 * writing in clear.
 * @throws IntegrityError `key-form`
 */
export function assertKey(key: Buffer): void {
  if (key.length !== KEY_BYTES || key.equals(ZERO_KEY)) {
    throw new IntegrityError('key-form', 'a key is not 32 bytes, or has left its cache');
  }
}
