import { base64, fromBase64, sameBytes, type Bytes } from '../bytes.js';
import type { Cryptography } from '../cryptography.js';
import { HASH_BYTES } from '../hashing.js';
import type { TreeHead } from '../proofs.js';
import type { ReadEvent } from './events.js';
import { rootOf } from './root.js';

/** All leaves of a tree, and how far they are those that were signed. */
export interface SignedLeaves {
  readonly leaves: readonly Bytes[];
  readonly state:
    /** They give the root. */
    | 'proven'
    /** Those of the file do not, those of the events do. */
    | 'damaged'
    /** Neither do. */
    | 'unproven';
}

/**
 * The leaves of a whole ledger: those of the file, which the root alone proves, or where that is
 * damaged those of the events.
 */
export async function signedLeaves(
  file: Bytes,
  events: readonly ReadEvent[],
  head: TreeHead,
  crypto: Cryptography,
): Promise<SignedLeaves> {
  const listed = leavesIn(file);
  if (await isTree(listed, head, crypto)) return { leaves: listed, state: 'proven' };
  const own = events.flatMap(({ leaf }) => (leaf === undefined ? [] : (fromBase64(leaf) ?? [])));
  const covered = own.slice(0, head.size);
  if (await isTree(covered, head, crypto)) return { leaves: covered, state: 'damaged' };
  const isList = file.length === head.size * HASH_BYTES;
  return { leaves: isList ? listed : covered, state: 'unproven' };
}

function leavesIn(file: Bytes): readonly Bytes[] {
  return Array.from({ length: Math.floor(file.length / HASH_BYTES) }, (_, at) =>
    file.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES),
  );
}

async function isTree(
  leaves: readonly Bytes[],
  { size, root }: TreeHead,
  crypto: Cryptography,
): Promise<boolean> {
  return leaves.length === size && sameBytes(await rootOf(leaves, crypto), root);
}

/** Leaves by their index, as text. */
export function byIndex(leaves: readonly Bytes[]): ReadonlyMap<number, string> {
  return new Map(leaves.map((leaf, index) => [index, base64(leaf)]));
}
