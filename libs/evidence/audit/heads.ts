import { nodeCryptography } from '../node-cryptography.js';
import {
  base64url,
  keysOfLog,
  NEXT_KEY,
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

/** A checkpoint that one of the keys has signed under its own name; undefined for any other text. */
export async function verifiedNote(
  note: unknown,
  keys: readonly NoteKey[],
): Promise<SignedCheckpoint | undefined> {
  const head = typeof note === 'string' ? parseCheckpoint(note) : undefined;
  if (head === undefined) return undefined;
  const own = keys.filter(({ name }) => name === head.origin);
  const signed = await Promise.all(own.map((key) => signedBy(head.note, key, nodeCryptography)));
  const isGood = signed.some((one) => typeof one === 'object') && !signed.includes('wrong');
  return isGood ? head : undefined;
}

/**
 * The log's own keys, by the word of the one that is trusted, which comes first; the same keys under the
 * names that were signed under before a log was put back and accepted.
 */
export async function keysTrusted(
  key: NoteKey,
  told: readonly ToldCheckpoint[],
): Promise<readonly NoteKey[]> {
  const announcements = told.flatMap(({ note, key: vkey }) => {
    const isAnnouncing = typeof note === 'string' && note.includes(NEXT_KEY);
    return isAnnouncing && typeof vkey === 'string' ? [{ note, key: vkey }] : [];
  });
  const keys = await keysOfLog(key, announcements, nodeCryptography);
  const names = new Set(told.flatMap(({ origin }) => (typeof origin === 'string' ? [origin] : [])));
  names.delete(key.name);
  return [...keys, ...[...names].flatMap((name) => keys.map((one) => ({ ...one, name })))];
}

/** What the log's own events say of checkpoints. */
export interface ToldHeads {
  /** The newest that is signed, and says itself what its event says. */
  readonly newest: Head | undefined;
  /** Whether a newer one is not. */
  readonly isForged: boolean;
}

/** Those under the name that is signed under. */
export function underNewest(
  told: readonly ToldCheckpoint[],
  [newest]: readonly NoteKey[],
): readonly ToldCheckpoint[] {
  return told.filter(({ origin }) => origin === newest?.name);
}

/**
 * The newest checkpoint that the log tells of, under the name that is signed under; there are others where
 * a log was put back and accepted.
 * @param told the oldest first
 */
export async function newestTold(
  told: readonly ToldCheckpoint[],
  keys: readonly NoteKey[],
): Promise<ToldHeads> {
  let isForged = false;
  for (const one of underNewest(told, keys).toReversed()) {
    const newest = await headOfTold(one, keys);
    if (newest !== undefined) return { newest, isForged };
    isForged = true;
  }
  return { newest: undefined, isForged };
}

/** What a checkpoint says, if it is signed and its event says the same. */
export async function headOfTold(
  told: ToldCheckpoint,
  keys: readonly NoteKey[],
): Promise<Head | undefined> {
  const head = await verifiedNote(told.note, keys);
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
  keys: readonly NoteKey[],
): Promise<Narrowed> {
  const own = underNewest(told, keys);
  let [low, high] = [0, own.length];
  let agreesTo = 0;
  let differsBy: number | undefined;
  while (low < high) {
    const middle = (low + high) >> 1;
    const one = own[middle];
    const head = one === undefined ? undefined : await headOfTold(one, keys);
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
