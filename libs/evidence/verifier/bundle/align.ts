import { outOfOrder } from '../increasing.js';

/** An event as it stands in a bundle, in the order of the ledger's log. */
export interface Standing {
  /** How many leaves stand before it, as the bundle says. */
  readonly place: number;
  /** Index of the leaf that is said to be its own; undefined where none is. */
  readonly was: number | undefined;
  /** What its leaf would be, as text; undefined where it cannot be read. */
  readonly leaf: string | undefined;
  /** It has something to prove it that leads to no signed root. */
  readonly isUnproven: boolean;
}

/** How an event fits what was signed; `index` is that of the leaf. */
export type Fit =
  | { readonly fit: 'there' | 'moved' | 'altered'; readonly index: number }
  | { readonly fit: 'inserted' | 'unsigned' | 'unproven' | 'unreadable' };

/** Events held against what was signed. */
export interface Alignment {
  /** Of each event. */
  readonly fits: readonly Fit[];
  /** Places at which something was signed that no event stands for. */
  readonly missing: readonly number[];
}

/** No leaf at all. */
const NONE = -1;

/**
 * Holds events against what was signed, by what they say and not by where a bundle says that they
 * are: an event that is signed anywhere is known again. What is left over on both sides belongs
 * together where the bundle says that it does.
 * @param signed leaves that are proven, by their index
 * @param size number of leaves of the signed tree
 */
export function align(
  signed: ReadonlyMap<number, string>,
  events: readonly Standing[],
  size: number,
): Alignment {
  const places = new Map(Array.from(signed, ([index, leaf]) => [leaf, index]));
  const taken = new Set<number>();
  const known = events.map(({ leaf }) => {
    const index = leaf === undefined ? undefined : places.get(leaf);
    if (index === undefined || taken.has(index)) return NONE;
    taken.add(index);
    return index;
  });
  const moved = new Set(outOfOrder(known));
  const fits = events.map((event, at): Fit => {
    const index = known[at] ?? NONE;
    if (index !== NONE) return { fit: moved.has(at) ? 'moved' : 'there', index };
    return leftOver(event, { signed, taken, size });
  });
  return { fits, missing: [...signed.keys()].filter((index) => !taken.has(index)) };
}

function leftOver(
  { place, was, leaf, isUnproven }: Standing,
  on: {
    readonly signed: ReadonlyMap<number, string>;
    readonly taken: Set<number>;
    readonly size: number;
  },
): Fit {
  if (was !== undefined && on.signed.has(was) && !on.taken.has(was)) {
    on.taken.add(was);
    return { fit: 'altered', index: was };
  }
  if (leaf === undefined) return { fit: 'unreadable' };
  if (isUnproven) return { fit: 'unproven' };
  const isSignedPart = place < on.size && (was ?? place) < on.size;
  return { fit: isSignedPart ? 'inserted' : 'unsigned' };
}
