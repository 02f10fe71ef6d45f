import type { InspectedLog, StoredEvent } from '#event-log';

import type { InspectedTree } from '../inspection.js';
import type { Compared } from './comparing.js';
import type { Examined } from './examined.js';
import { eventsAt } from './reading.js';
import { MOST_PLACES, type Place } from './report.js';
import type { Sheet } from './sheet.js';
import { VERDICTS, type Verdict } from './verdicts.js';

const NAMED = VERDICTS.filter((verdict) => verdict !== 'INTACT');

/** The first places of each verdict that an event of the log has, in the order of the log. */
export async function placesInLog(
  log: Pick<InspectedLog, 'readStored'>,
  examined: Examined,
  sheet: Sheet,
  { differences }: Compared,
): Promise<readonly Place[]> {
  const verdicts = new Map<number, Verdict>();
  for (const verdict of NAMED) {
    for (const at of sheet.first(verdict, MOST_PLACES)) verdicts.set(at, verdict);
  }
  const indices = [...verdicts.keys()].sort((one, other) => one - other);
  const events = await eventsAt(log, examined, indices);
  const wasAt = new Map(
    [...differences.altered, ...differences.reordered].map(({ at, was }) => [at, was]),
  );
  return indices.map((at) => {
    const verdict = verdicts.get(at) ?? 'INTACT';
    const was = wasAt.get(at);
    return {
      verdict,
      at,
      ...(was === undefined || verdict === 'UNSIGNED' ? {} : { was }),
      ...(verdict === 'MISSING' ? { why: 'hidden' as const } : {}),
      ...described(events.get(at)),
    };
  });
}

function described(event: StoredEvent | undefined): Partial<Place> {
  if (event === undefined) return {};
  const { id, stream, revision, type, position } = event;
  return { id, stream, revision, type, position };
}

/** The first leaves of the tree that no event of the log has. */
export async function placesInTree(
  tree: Pick<InspectedTree, 'leaves'>,
  { differences, signed }: Compared,
): Promise<readonly Place[]> {
  const places: Place[] = [];
  for (const was of differences.absent.slice(0, MOST_PLACES)) {
    const [leaf] = await tree.leaves(was, 1);
    places.push({
      verdict: 'MISSING',
      was,
      ...(leaf === undefined ? {} : { id: leaf.id, position: leaf.position }),
      ...(was < signed ? {} : { why: 'unsigned-tree' as const }),
    });
  }
  return places;
}

/** What streams have alone. */
export function placesInStreams({ strays, differences }: Compared): readonly Place[] {
  const verdict = strays.length > differences.absent.length ? 'INSERTED' : 'MISSING';
  return strays
    .slice(0, MOST_PLACES)
    .map(({ stream, revision }) => ({ verdict, stream, revision, why: 'stream-only' }));
}
