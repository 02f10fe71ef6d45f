import { fromBase64url, hex, joined, textOf, utf8, type Bytes } from './bytes.js';
import type { Cryptography } from './cryptography.js';
import { leafHash } from './hashing.js';

/** An event as a store holds it, its bytes as they lie there. */
export interface StoredBytes {
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  /** Canonical JSON. */
  readonly metadata: Bytes;
  /** Canonical JSON. */
  readonly data: Bytes;
}

/** What a leaf tells of an event: everything by which it is known, and hashes of what it says. */
export interface LeafParts extends Omit<StoredBytes, 'metadata' | 'data'> {
  /** SHA-256 of the metadata, hexadecimal. */
  readonly metadataHash: string;
  /** SHA-256 of the metadata's salt and the data, hexadecimal. */
  readonly dataHash: string;
}

/** The version of the leaf, its first line. */
export const LEAF_VERSION = 'privacy-ledger/event/v1';

/**
 * The preimage of a leaf (docs/format.md, "Leaf"): what a tile of entries holds. Nothing in it was given
 * by a store, so that a ledger that moves from one to another keeps its tree. Each part adds one line,
 * so no two events have the same text.
 */
export function leafText(parts: LeafParts): string {
  const { stream, revision, id, type, metadataHash, dataHash } = parts;
  return `${LEAF_VERSION}\n${stream}\n${String(revision)}\n${id}\n${type}\n${metadataHash}\n${dataHash}\n`;
}

const SALT = /^[A-Za-z0-9_-]{22}$/;
const NONE = new Uint8Array(0);

/**
 * The salt that blinds the hash of an event's data: 16 bytes that its metadata carry. None where they
 * are no metadata of the ledger's: whatever a store holds has a leaf, and it is another one.
 */
export function saltOf(metadata: Bytes): Bytes {
  let parsed: unknown;
  try {
    parsed = JSON.parse(textOf(metadata) ?? '');
  } catch {
    return NONE;
  }
  if (typeof parsed !== 'object' || parsed === null || !('salt' in parsed)) return NONE;
  const { salt } = parsed;
  return typeof salt === 'string' && SALT.test(salt) ? (fromBase64url(salt) ?? NONE) : NONE;
}

/** What the leaf of a stored event says. */
export async function leafParts(event: StoredBytes, crypto: Cryptography): Promise<LeafParts> {
  const { stream, revision, id, type, metadata, data } = event;
  const metadataHash = hex(await crypto.sha256(metadata));
  const dataHash = hex(await crypto.sha256(joined(saltOf(metadata), data)));
  return { stream, revision, id, type, metadataHash, dataHash };
}

/** The leaf of a stored event: RFC 6962's hash of its {@link leafText}. */
export async function leafOf(event: StoredBytes, crypto: Cryptography): Promise<Bytes> {
  return leafHash(utf8(leafText(await leafParts(event, crypto))), crypto);
}
