import { joined, type Bytes } from './bytes.js';
import type { Cryptography } from './cryptography.js';

/** Length of every hash here. */
export const HASH_BYTES = 32;

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** Hash of an entry (RFC 6962, section 2.1). */
export async function leafHash(entry: Bytes, crypto: Cryptography): Promise<Bytes> {
  return crypto.sha256(joined(LEAF, entry));
}

/** Hash of a node over its two children (RFC 6962, section 2.1). */
export async function nodeHash(left: Bytes, right: Bytes, crypto: Cryptography): Promise<Bytes> {
  return crypto.sha256(joined(NODE, left, right));
}
