import { createHash, createHmac } from 'node:crypto';

import { canonicalBytes, type JsonObject } from '#kernel';

const KEY_LABEL = 'privacy-ledger/key/v1';
const COMMAND_KEY_LABEL = 'privacy-ledger/fingerprint-key/v1';

/**
 * What names a DEK in receipts after it is gone: SHA-256 of label and DEK, base64url. A DEK has 256
 * random bits, so this tells nothing of it.
 */
export function keyFingerprint(dek: Buffer): string {
  return keyFingerprintBytes(dek).toString('base64url');
}

/** {@link keyFingerprint} as its 32 bytes. */
export function keyFingerprintBytes(dek: Buffer): Buffer {
  return createHash('sha256').update(KEY_LABEL).update(dek).digest();
}

/**
 * Names the content of a command, so that a repeat with other content is told apart. Keyed by a key
 * derived from the DEK of the command's first envelope (`hmac:`), since content could be guessed;
 * a plain hash where the command seals nothing (`sha256:`).
 */
export function commandFingerprint(dek: Buffer | undefined, content: JsonObject): string {
  const bytes = canonicalBytes(content);
  if (dek === undefined) {
    return `sha256:${createHash('sha256').update(bytes).digest('base64url')}`;
  }
  const key = createHmac('sha256', dek).update(COMMAND_KEY_LABEL).digest();
  const keyed = `hmac:${createHmac('sha256', key).update(bytes).digest('base64url')}`;
  key.fill(0);
  bytes.fill(0);
  return keyed;
}
