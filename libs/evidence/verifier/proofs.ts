import { sameBytes, type Bytes } from './bytes.js';
import type { Cryptography } from './cryptography.js';
import { HASH_BYTES, nodeHash } from './hashing.js';

/** A tree of one size, named by its root. */
export interface TreeHead {
  readonly size: number;
  /** 32 bytes. */
  readonly root: Bytes;
}

/** A claim that a leaf stands at a place of a tree. */
export interface Inclusion {
  /** RFC 6962's hash of the entry. */
  readonly leaf: Bytes;
  /** From 0. */
  readonly index: number;
  /** From the leaf's sibling up to the root's child. */
  readonly proof: readonly Bytes[];
}

/** Whether a leaf stands at its place in a tree (RFC 9162, section 2.1.3.2). */
export async function isIncluded(
  { leaf, index, proof }: Inclusion,
  head: TreeHead,
  crypto: Cryptography,
): Promise<boolean> {
  if (!isSize(index) || !isSize(head.size) || index >= head.size) return false;
  if (![leaf, head.root, ...proof].every(isHash)) return false;
  const path = new Path(index, head.size - 1);
  let hash = leaf;
  for (const sibling of proof) {
    if (path.isAtRoot) return false;
    const isLeft = path.takesLeft();
    hash = isLeft ? await nodeHash(sibling, hash, crypto) : await nodeHash(hash, sibling, crypto);
    path.up();
  }
  return path.isAtRoot && sameBytes(hash, head.root);
}

/**
 * Whether one tree is the beginning of another (RFC 9162, section 2.1.4.2). There is no such proof of a
 * tree without leaves, which is the beginning of any.
 */
export async function isConsistent(
  first: TreeHead,
  second: TreeHead,
  proof: readonly Bytes[],
  crypto: Cryptography,
): Promise<boolean> {
  if (!isSize(first.size) || !isSize(second.size)) return false;
  if (first.size === 0 || first.size > second.size) return false;
  if (first.size === second.size) return proof.length === 0 && sameBytes(first.root, second.root);
  if (![first.root, second.root, ...proof].every(isHash)) return false;
  return isExtended(first, second, proof, crypto);
}

async function isExtended(
  first: TreeHead,
  second: TreeHead,
  proof: readonly Bytes[],
  crypto: Cryptography,
): Promise<boolean> {
  if (proof.length === 0) return false;
  // A first tree that is a whole subtree of the second is a node of it: its root is left out.
  const [start, ...rest] = isPowerOfTwo(first.size) ? [first.root, ...proof] : proof;
  if (start === undefined) return false;
  const path = new Path(first.size - 1, second.size - 1);
  path.skipRight();
  let [before, after] = [start, start];
  for (const hash of rest) {
    if (path.isAtRoot) return false;
    if (path.takesLeft()) {
      before = await nodeHash(hash, before, crypto);
      after = await nodeHash(hash, after, crypto);
    } else {
      after = await nodeHash(after, hash, crypto);
    }
    path.up();
  }
  return path.isAtRoot && sameBytes(before, first.root) && sameBytes(after, second.root);
}

/**
 * The way from a leaf to the root: its number and that of the last one, halved with each level. Sizes go
 * beyond 32 bits, so this is arithmetic and not bit operations.
 */
class Path {
  constructor(
    private at: number,
    private last: number,
  ) {}

  get isAtRoot(): boolean {
    return this.last === 0;
  }

  /** Whether the sibling is on the left; where the node has none on the right, goes up to where it is. */
  takesLeft(): boolean {
    if (this.at % 2 === 0 && this.at !== this.last) return false;
    while (this.at % 2 === 0 && this.at !== 0) this.up();
    return true;
  }

  /** Goes up as long as the node is a right child. */
  skipRight(): void {
    while (this.at % 2 === 1) this.up();
  }

  up(): void {
    this.at = Math.floor(this.at / 2);
    this.last = Math.floor(this.last / 2);
  }
}

function isSize(number: number): boolean {
  return Number.isSafeInteger(number) && number >= 0;
}

function isHash(bytes: Bytes): boolean {
  return bytes.length === HASH_BYTES;
}

/** Of a size above 0. */
function isPowerOfTwo(size: number): boolean {
  return Number.isInteger(Math.log2(size)) && 2 ** Math.round(Math.log2(size)) === size;
}
