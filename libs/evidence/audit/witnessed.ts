import { nodeCryptography } from '../node-cryptography.js';
import { parseNote, signedBy, type NoteKey } from '../verifier/index.js';
import { headOfTold, underNewest, type Head } from './heads.js';
import type { ToldCheckpoint, ToldCosignature } from './scan.js';

/** Whose cosignatures count, and how many of them it takes: a policy of k of n. */
export interface Quorum {
  readonly witnesses: readonly NoteKey[];
  readonly wanted: number;
  /** Somebody insists on it: to find no such checkpoint is a fault. */
  readonly isDemanded: boolean;
}

/** The newest checkpoint that enough witnesses have cosigned. */
export interface Witnessed {
  readonly size: number;
  /** Names of those who have, and when, in seconds since 1970, as they say. */
  readonly by: readonly { readonly name: string; readonly at: number }[];
}

/**
 * Looks for it among the checkpoints that the log tells of, under the name that is signed under. What a
 * witness has cosigned nobody can make again for another history, whoever has the ledger's key.
 * @param told the oldest first
 */
export async function newestWitnessed(
  told: readonly ToldCheckpoint[],
  cosignatures: readonly ToldCosignature[],
  keys: readonly NoteKey[],
  quorum: Quorum,
): Promise<{ readonly head: Head; readonly witnessed: Witnessed } | undefined> {
  if (quorum.wanted === 0) return undefined;
  const lines = linesBySize(cosignatures, keys[0]?.name);
  for (const one of underNewest(told, keys).toReversed()) {
    const cosigned = lines.get(one.size);
    if (cosigned === undefined || typeof one.note !== 'string') continue;
    const by = await cosigners(one.note + cosigned.join(''), quorum.witnesses);
    const head = by.length < quorum.wanted ? undefined : await headOfTold(one, keys);
    if (head === undefined) continue;
    const { size } = head;
    return { head: { ...head, source: 'witnesses' }, witnessed: { size, by } };
  }
  return undefined;
}

function linesBySize(
  cosignatures: readonly ToldCosignature[],
  name: string | undefined,
): ReadonlyMap<unknown, readonly string[]> {
  const lines = new Map<unknown, string[]>();
  for (const { origin, size, line } of cosignatures) {
    if (origin !== name || typeof line !== 'string') continue;
    lines.set(size, [...(lines.get(size) ?? []), line]);
  }
  return lines;
}

async function cosigners(text: string, witnesses: readonly NoteKey[]): Promise<Witnessed['by']> {
  const note = parseNote(text);
  if (note === undefined) return [];
  const by: { name: string; at: number }[] = [];
  for (const key of witnesses) {
    const signed = await signedBy(note, key, nodeCryptography);
    if (typeof signed === 'object') by.push({ name: key.name, at: signed.at ?? 0 });
  }
  return by;
}
