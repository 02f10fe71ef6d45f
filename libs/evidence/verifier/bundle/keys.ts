import { textOf, type Bytes } from '../bytes.js';
import { keysTold, sealingKeys } from '../keys-told.js';
import { objectIn } from './canonical.js';
import type { KeyLine } from './format.js';

/** Ids of keys that an event's data speak of. */
export interface KeysNamed {
  /** Under which it seals something, a key for each envelope. */
  readonly sealed: readonly string[];
  /** Which it ends. */
  readonly ended: readonly string[];
}

/** The keys that an event speaks of; none where its data are not the ledger's. */
export function keysNamed(type: string, data: Bytes): KeysNamed {
  const members = objectIn(textOf(data));
  if (members === undefined) return { sealed: [], ended: [] };
  return { sealed: sealingKeys(members), ended: keysTold(type, members).ended };
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
