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

/** Members in which an event tells which keys it ends. */
const ENDINGS = ['parts', 'ends', 'keys'] as const;
/** Accepts that keys were lost, which is no end that anybody gave them. */
const ACCEPTS_LOSS = 'KeyLost';

/** The keys that an event speaks of; none where its data are not the ledger's. */
export function keysNamed(type: string, data: Bytes): KeysNamed {
  const members = objectIn(textOf(data));
  if (members === undefined) return { sealed: [], ended: [] };
  const ended = type === ACCEPTS_LOSS ? [] : ENDINGS.flatMap((name) => keysIn(members[name]));
  return { sealed: keysIn(members.sealed), ended };
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
  return states === undefined || states.get(key)?.state === 'live' ? 'INTACT' : 'LOST';
}

/** An event takes the worst of its envelopes. */
export function worstOf(envelopes: readonly Sealed[]): Sealed {
  if (envelopes.includes('LOST')) return 'LOST';
  return envelopes.includes('SHREDDED') ? 'SHREDDED' : 'INTACT';
}
