import type { StoredEvent, StreamPlace } from '#event-log';
import type { EventId } from '#kernel';

import type { InspectedTree } from '../inspection.js';
import { entryOf, leafOfEntry } from '../tree/hashing.js';
import type { Differences, Pair } from './differences.js';
import { MOST_PLACES } from './report.js';
import type { SignedMap } from './stored-map.js';

/** Reads events of the log by their indices, ascending. */
type EventsAt = (indices: readonly number[]) => Promise<ReadonlyMap<number, StoredEvent>>;

/**
 * Finds events whose id alone was changed: with the id that was signed they have the leaf that was. To
 * say of such a one that it was inserted, and another is missing, would be half of the truth. Of many
 * only the first are tried.
 */
export async function withRightIds(
  differences: Differences,
  map: SignedMap,
  eventsAt: EventsAt,
  tree: Pick<InspectedTree, 'leaves'>,
): Promise<Differences> {
  const tried = differences.unknown.slice(0, MOST_PLACES);
  const wanted = differences.absent.slice(0, MOST_PLACES);
  if (tried.length === 0 || wanted.length === 0) return differences;
  const events = await eventsAt(tried);
  const ids = new Map<number, EventId>();
  for (const was of wanted) {
    const [leaf] = await tree.leaves(was, 1);
    if (leaf !== undefined) ids.set(was, leaf.id);
  }
  const fitting: Pair[] = [];
  for (const [at, event] of events) {
    const fits = [...ids].find(([was, id]) => isLeaf({ ...event, id }, map, was));
    if (fits === undefined) continue;
    ids.delete(fits[0]);
    fitting.push({ at, was: fits[0] });
  }
  return {
    ...differences,
    altered: [...differences.altered, ...fitting].sort((one, other) => one.at - other.at),
    unknown: differences.unknown.filter((at) => !fitting.some((pair) => pair.at === at)),
    absent: differences.absent.filter((was) => !fitting.some((pair) => pair.was === was)),
  };
}

/**
 * Leaves out of what streams have alone the places where altered events had stood: there an index has
 * kept what the event itself says no more.
 */
export async function withoutOldPlaces(
  strays: readonly StreamPlace[],
  altered: readonly Pair[],
  map: SignedMap,
  eventsAt: EventsAt,
): Promise<readonly StreamPlace[]> {
  if (strays.length === 0 || altered.length === 0) return strays;
  const pairs = altered.slice(0, MOST_PLACES);
  const events = await eventsAt(pairs.map(({ at }) => at));
  return strays.filter(
    (place, order) =>
      order >= MOST_PLACES ||
      !pairs.some(({ at, was }) => {
        const event = events.get(at);
        return event !== undefined && isLeaf({ ...event, ...place }, map, was);
      }),
  );
}

function isLeaf(event: StoredEvent, map: SignedMap, was: number): boolean {
  return leafOfEntry(entryOf(event)).equals(map.leaves.at(was));
}
