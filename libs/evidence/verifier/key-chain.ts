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
 * The keys that signed for a log before one that is trusted, the newest first and the trusted one itself at
 * the head: each has announced the one before it here, in a checkpoint that both have signed.
 * @param announcements in any order; what does not hold is left out
 */
export async function keyChain(
  trusted: NoteKey,
  announcements: readonly Announcement[],
  crypto: Cryptography,
): Promise<readonly NoteKey[]> {
  const chain = [trusted];
  for (let last = trusted; ;) {
    const key = await before(last, announcements, crypto);
    if (key === undefined || chain.some((one) => isSame(one, key))) return chain;
    chain.push(key);
    last = key;
  }
}

async function before(
  successor: NoteKey,
  announcements: readonly Announcement[],
  crypto: Cryptography,
): Promise<NoteKey | undefined> {
  for (const { note, key: vkey } of announcements) {
    const checkpoint = parseCheckpoint(note);
    const key = await parseVkey(vkey, crypto);
    if (checkpoint === undefined || key?.type !== 'ed25519') continue;
    if (key.name !== successor.name || checkpoint.origin !== successor.name) continue;
    const announced = checkpoint.extensions.filter((line) => line.startsWith(`${NEXT_KEY} `));
    const [next] = await Promise.all(
      announced.map((line) => parseVkey(line.slice(NEXT_KEY.length + 1), crypto)),
    );
    if (announced.length !== 1 || next === undefined || !isSame(next, successor)) continue;
    const signed = await Promise.all(
      [key, successor].map((one) => signedBy(checkpoint.note, one, crypto)),
    );
    if (signed.every((one) => typeof one === 'object')) return key;
  }
  return undefined;
}

function isSame(one: NoteKey, other: NoteKey): boolean {
  return (
    one.name === other.name &&
    one.type === other.type &&
    one.publicKey.every((byte, at) => byte === other.publicKey[at])
  );
}
