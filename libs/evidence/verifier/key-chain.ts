import type { Cryptography } from './cryptography.js';
import { parseCheckpoint } from './checkpoint.js';
import { parseVkey, signedBy, type NoteKey } from './note.js';

/** A line of a checkpoint that announces the key which signs from then on, by its vkey. */
export const NEXT_KEY = 'privacy-ledger/next-key/v1';

/** A checkpoint in which one key announces another. */
export interface Announcement {
  /** The signed note. */
  readonly note: string;
  /** The vkey of the key that announces. */
  readonly key: string;
}

/**
 * The keys that a log has signed with, by the word of one that is trusted: each that it has announced, or
 * that has announced it, in a checkpoint which both have signed; and so on from those.
 * @param announcements in any order; what does not hold is left out
 */
export async function keysOfLog(
  trusted: NoteKey,
  announcements: readonly Announcement[],
  crypto: Cryptography,
): Promise<readonly NoteKey[]> {
  const pairs: (readonly [NoteKey, NoteKey])[] = [];
  for (const announcement of announcements) {
    const pair = await announcedPair(announcement, trusted.name, crypto);
    if (pair !== undefined) pairs.push(pair);
  }
  const keys = [trusted];
  // A key that is reached brings those that it is paired with; the list grows while it is gone through.
  for (const key of keys) {
    for (const pair of pairs) {
      const other = pair.find((one) => !isSame(one, key));
      if (!pair.some((one) => isSame(one, key)) || other === undefined) continue;
      if (!keys.some((one) => isSame(one, other))) keys.push(other);
    }
  }
  return keys;
}

/** The two keys of an announcement that both have signed. */
async function announcedPair(
  { note, key: vkey }: Announcement,
  origin: string,
  crypto: Cryptography,
): Promise<readonly [NoteKey, NoteKey] | undefined> {
  const checkpoint = parseCheckpoint(note);
  if (checkpoint?.origin !== origin) return undefined;
  const lines = checkpoint.extensions.filter((line) => line.startsWith(`${NEXT_KEY} `));
  const [line = ''] = lines;
  const key = await parseVkey(vkey, crypto);
  const next = await parseVkey(line.slice(NEXT_KEY.length + 1), crypto);
  if (lines.length !== 1 || key === undefined || next === undefined) return undefined;
  for (const one of [key, next]) {
    if (one.type !== 'ed25519' || one.name !== origin) return undefined;
    if (typeof (await signedBy(checkpoint.note, one, crypto)) !== 'object') return undefined;
  }
  return [key, next];
}

function isSame(one: NoteKey, other: NoteKey): boolean {
  return (
    one.name === other.name &&
    one.type === other.type &&
    one.publicKey.every((byte, at) => byte === other.publicKey[at])
  );
}
