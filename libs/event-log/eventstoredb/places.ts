import type { Position as StorePosition } from '@eventstore/db-client';

/** Where a subscription may begin again: `start`, an event's position, or a checkpoint. */
export type Place = StorePosition | 'start';

/** Whether two places are the same one. */
export function isSamePlace(one: Place, other: Place): boolean {
  if (one === 'start' || other === 'start') return one === other;
  return one.commit === other.commit && one.prepare === other.prepare;
}

/** The one that stands further on in the log. */
export function later(one: Place, other: Place): Place {
  if (one === 'start' || other === 'start') return one === 'start' ? other : one;
  if (one.commit !== other.commit) return one.commit > other.commit ? one : other;
  return one.prepare > other.prepare ? one : other;
}
