import { textOf, type Bytes } from '../bytes.js';
import { isObject, objectIn } from './canonical.js';
import type { KeyLine } from './format.js';

/** Ids of keys that an event's data speak of. */
export interface KeysNamed {
  /** Under which it seals something, a key for each envelope. */
  readonly sealed: readonly string[];
  /** Which it ends. */
  readonly ended: readonly string[];
}

/** The member that lists keys, of each type of event that says nothing else of them. */
const ENDED: Readonly<Record<string, string>> = {
  ErasureStarted: 'parts',
  SubjectErased: 'keys',
  KeysDestroyed: 'keys',
  ErasureRepeated: 'parts',
};
/** Where any other event tells which keys it ends. */
const ENDS = 'ends';

/** The keys that an event speaks of; none where its data are not the ledger's. */
export function keysNamed(type: string, data: Bytes): KeysNamed {
  const members = objectIn(textOf(data));
  if (members === undefined) return { sealed: [], ended: [] };
  const member = (Object.hasOwn(ENDED, type) ? ENDED[type] : undefined) ?? ENDS;
  return { sealed: keysIn(members.sealed), ended: keysIn(members[member]) };
}

function keysIn(list: unknown): readonly string[] {
  if (!Array.isArray(list)) return [];
  return (list as readonly unknown[]).flatMap((item) =>
    isObject(item) && typeof item.key === 'string' ? [item.key] : [],
  );
}

/** What becomes of one envelope. */
export type Sealed = 'INTACT' | 'SHREDDED' | 'LOST';

/** What becomes of the envelopes under a key. Where nothing is known of keys, none is lost. */
export function sealedUnder(
  key: string,
  ended: ReadonlySet<string>,
  states: ReadonlyMap<string, KeyLine> | undefined,
): Sealed {
  if (ended.has(key)) return 'SHREDDED';
  if (states === undefined) return 'INTACT';
  const state = states.get(key)?.state ?? 'missing';
  return state === 'live' || state === 'fenced' ? 'INTACT' : 'LOST';
}

/** An event takes the worst of its envelopes. */
export function worstOf(envelopes: readonly Sealed[]): Sealed {
  if (envelopes.includes('LOST')) return 'LOST';
  return envelopes.includes('SHREDDED') ? 'SHREDDED' : 'INTACT';
}
