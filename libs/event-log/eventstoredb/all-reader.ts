import type { Position, RecordedEvent } from '#kernel';

import type { Connections } from './connections.js';
import { ledgerEvent } from './events.js';
import { isServerException } from './failures.js';
import type { Names } from './names.js';
import { notAPosition, positionOf, storePosition } from './positions.js';
import { allPage } from './reads.js';

/** Most events that are asked for at once. */
const PAGE = 1_000;
/** A page ends beyond so many bytes of the log. */
const PAGE_BYTES = 4_194_304n;

/**
 * The next events of the ledger after a position. The client's reads of `$all` take no filter, so
 * what is not the ledger's comes along and is left out; none come only at the end of the log.
 */
export async function eventsAfter(
  connections: Connections,
  names: Names,
  after: Position,
  limit: number,
): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  let from = storePosition(after);
  // The one at the position is given again.
  let count = Math.min(limit + 1, PAGE);
  for (;;) {
    const asked = { from, direction: 'forwards', count } as const;
    const page = await connections
      .call((connection) => allPage(connection, asked))
      .catch((error: unknown) => {
        throw from !== 'start' && isServerException(error) ? notAPosition() : error;
      });
    for (const { event } of page) {
      if (event === undefined || (from !== 'start' && positionOf(event.position) <= after))
        continue;
      const read = ledgerEvent(names, event);
      if (read !== undefined) events.push(read);
      if (events.length === limit) return events;
    }
    const first = page.at(0)?.event?.position;
    const last = page.at(-1)?.event?.position;
    if (page.length < count || first === undefined || last === undefined) return events;
    if (events.length > 0 && last.commit - first.commit > PAGE_BYTES) return events;
    from = last;
    after = positionOf(last);
    count = PAGE;
  }
}
