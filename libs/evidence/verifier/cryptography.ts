import type { Bytes } from './bytes.js';

/**
 * What a verifier needs of cryptography. In a browser WebCrypto gives it, in promises; Node gives it at
 * once.
 */
export interface Cryptography {
  /** SHA-256: 32 bytes. */
  sha256(bytes: Bytes): Bytes | Promise<Bytes>;
  /** Whether a signature is one of this key over the message (Ed25519, RFC 8032); 32 and 64 bytes. */
  ed25519(publicKey: Bytes, message: Bytes, signature: Bytes): boolean | Promise<boolean>;
}
