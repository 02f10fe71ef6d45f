import { createCipheriv, createDecipheriv } from 'node:crypto';

import { IntegrityError, type KekId, type KeyId, type LedgerId } from '#kernel';

import { freshNonce, NONCE_BYTES } from './nonces.js';
import { assertKey, KEY_BYTES } from './sealing.js';

/** What a wrapped key is bound to: it unwraps as nothing else. */
export interface WrapContext {
  readonly ledger: LedgerId;
  /** The key's id; for a named secret the id that its row carries. */
  readonly key: KeyId;
  readonly kek: KekId;
}

const WRAP_LABEL = 'privacy-ledger/wrap/v1';
const CIPHER = 'aes-256-gcm';
const TAG_BYTES = 16;

/** Length of a wrapped key in bytes: nonce, ciphertext, tag. */
export const WRAPPED_BYTES = NONCE_BYTES + KEY_BYTES + TAG_BYTES;

/** Wraps a key under a KEK with AES-256-GCM and a random nonce (docs/format.md). */
export function wrapKey(kek: Buffer, context: WrapContext, dek: Buffer): Buffer {
  assertKey(kek);
  assertKey(dek);
  const nonce = freshNonce();
  const cipher = createCipheriv(CIPHER, kek, nonce);
  cipher.setAAD(boundTo(context));
  const body = cipher.update(dek);
  cipher.final();
  return Buffer.concat([nonce, body, cipher.getAuthTag()], WRAPPED_BYTES);
}

/**
 * Unwraps into a fresh Buffer, which the caller zeroes.
 * @throws IntegrityError `key-refused` for what was not wrapped under this KEK for this key
 */
export function unwrapKey(kek: Buffer, context: WrapContext, wrapped: Uint8Array): Buffer {
  if (wrapped.length !== WRAPPED_BYTES) throw refused();
  const decipher = createDecipheriv(CIPHER, kek, wrapped.subarray(0, NONCE_BYTES));
  decipher.setAAD(boundTo(context));
  decipher.setAuthTag(wrapped.subarray(NONCE_BYTES + KEY_BYTES));
  const dek = decipher.update(wrapped.subarray(NONCE_BYTES, NONCE_BYTES + KEY_BYTES));
  try {
    decipher.final();
  } catch {
    dek.fill(0);
    throw refused();
  }
  return dek;
}

/** Lines of ids, none of which can hold a newline. */
function boundTo({ ledger, key, kek }: WrapContext): Buffer {
  return Buffer.from(`${WRAP_LABEL}\n${ledger}\n${key}\n${kek}\n`, 'latin1');
}

function refused(): IntegrityError {
  return new IntegrityError('key-refused', 'a wrapped key does not unwrap');
}
