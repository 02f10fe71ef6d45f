import { createHash, hash } from 'node:crypto';

import type { StoredBytes } from '../verifier/index.js';
import { leafText, saltOf } from '../verifier/index.js';

/** Length of every hash. */
export const HASH_BYTES = 32;

const LEAF = Uint8Array.of(0);
/** One hash at a time is computed, to its end: the buffer is free again when the call returns. */
const node = Buffer.alloc(1 + 2 * HASH_BYTES);
node[0] = 1;

/** Root of a tree without leaves (RFC 6962, section 2.1). */
export const EMPTY_ROOT: Buffer = createHash('sha256').digest();

/** Hash of a node over its children (RFC 6962, section 2.1). */
export function nodeOf(left: Uint8Array, right: Uint8Array): Buffer {
  node.set(left, 1);
  node.set(right, 1 + HASH_BYTES);
  return hash('sha256', node, 'buffer');
}

/** Hash of a leaf over an entry (RFC 6962, section 2.1). */
export function leafOfEntry(entry: Uint8Array | string): Buffer {
  return createHash('sha256').update(LEAF).update(entry).digest();
}

/** The entry of a stored event, which its leaf is over: what `leafText` says of it. */
export function entryOf(event: StoredBytes): string {
  const { stream, revision, id, type, metadata, data } = event;
  const salt = saltOf(metadata);
  const metadataHash = hash('sha256', metadata, 'hex');
  const salted = salt.length === 0 ? data : Buffer.concat([salt, data]);
  return leafText({
    stream,
    revision,
    id,
    type,
    metadataHash,
    dataHash: hash('sha256', salted, 'hex'),
  });
}

/**
 * Root of a whole subtree.
 * @param hashes as many as a power of two, one after another
 */
export function rootOfWhole(hashes: Buffer): Buffer {
  let level = hashes;
  while (level.length > HASH_BYTES) {
    const above = Buffer.alloc(level.length / 2);
    for (let at = 0; at < level.length; at += 2 * HASH_BYTES) {
      const left = level.subarray(at, at + HASH_BYTES);
      const right = level.subarray(at + HASH_BYTES, at + 2 * HASH_BYTES);
      nodeOf(left, right).copy(above, at / 2);
    }
    level = above;
  }
  return level;
}
