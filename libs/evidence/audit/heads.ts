import { nodeCryptography } from '../node-cryptography.js';
import {
  base64url,
  parseCheckpoint,
  signedBy,
  type NoteKey,
  type SignedCheckpoint,
} from '../verifier/index.js';
import type { HashTree } from './hash-tree.js';
import type { ToldCheckpoint } from './scan.js';
import type { HeadSource } from './verdicts.js';

/** What the tree was at one size, by somebody's word that the log is held to. */
export interface Head {
  readonly source: HeadSource;
  readonly size: number;
  readonly root: Buffer;
}

/** How a tree stands to a head. */
export type Standing = 'agrees' | 'differs' | 'shorter';

export async function standingOf({ size, root }: Head, tree: HashTree): Promise<Standing> {
  if (size > tree.size) return 'shorter';
  return (await tree.rootAt(size)).equals(root) ? 'agrees' : 'differs';
}

/** A checkpoint that the key has signed under its own name; undefined for any other text. */
export async function verifiedNote(
  note: unknown,
  key: NoteKey,
): Promise<SignedCheckpoint | undefined> {
  const head = typeof note === 'string' ? parseCheckpoint(note) : undefined;
  if (head?.origin !== key.name) return undefined;
  const signed = await signedBy(head.note, key, nodeCryptography);
  return typeof signed === 'object' ? head : undefined;
}

/** What the log's own events say of checkpoints. */
export interface ToldHeads {
  /** The newest that is signed, and says itself what its event says. */
  readonly newest: Head | undefined;
  /** Whether a newer one is not. */
  readonly isForged: boolean;
}

/** The newest checkpoint that the log tells of. @param told the oldest first */
export async function newestTold(
  told: readonly ToldCheckpoint[],
  key: NoteKey,
): Promise<ToldHeads> {
  let isForged = false;
  for (const one of told.toReversed()) {
    const newest = await headOfTold(one, key);
    if (newest !== undefined) return { newest, isForged };
    isForged = true;
  }
  return { newest: undefined, isForged };
}

async function headOfTold(told: ToldCheckpoint, key: NoteKey): Promise<Head | undefined> {
  const head = await verifiedNote(told.note, key);
  if (head === undefined) return undefined;
  const { origin, size, root } = head;
  const isSame = told.origin === origin && told.size === size && told.root === base64url(root);
  return isSame ? { source: 'log', size, root: Buffer.from(root) } : undefined;
}

/** Between which sizes the log leaves what was signed of it. */
export interface Narrowed {
  /** Up to here it agrees with a checkpoint of its own. */
  readonly agreesTo: number;
  /** The smallest of its checkpoints that it disagrees with; undefined where there is none. */
  readonly differsBy: number | undefined;
}

/** Looks among all checkpoints that the log tells of. As they grow, so does what they cover. */
export async function narrowed(
  told: readonly ToldCheckpoint[],
  tree: HashTree,
  key: NoteKey,
): Promise<Narrowed> {
  let [low, high] = [0, told.length];
  let agreesTo = 0;
  let differsBy: number | undefined;
  while (low < high) {
    const middle = (low + high) >> 1;
    const one = told[middle];
    const head = one === undefined ? undefined : await headOfTold(one, key);
    if (head !== undefined && (await standingOf(head, tree)) === 'agrees') {
      agreesTo = head.size;
      low = middle + 1;
    } else {
      differsBy = head?.size ?? differsBy;
      high = middle;
    }
  }
  return { agreesTo, differsBy };
}
