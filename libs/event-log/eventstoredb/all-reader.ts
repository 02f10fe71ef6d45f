import type { Position as StorePosition, ReadPosition } from '@eventstore/db-client';

import type { Position, RecordedEvent } from '#kernel';

import type { Connections } from './connections.js';
import { ledgerEvent } from './events.js';
import { isServerException } from './failures.js';
import type { Names } from './names.js';
import { notAPosition, storePosition } from './positions.js';
import { allPage, type AllPage } from './reads.js';

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
  let wanted = limit;
  for (;;) {
    // The one at the position is given again.
    const count = Math.min(wanted, PAGE) + 1;
    const page = await pageFrom(connections, from, count);
    const before = events.length;
    for (const { event } of page) {
      if (event === undefined || isAtOrBefore(event.position, from)) continue;
      const read = ledgerEvent(names, event);
      if (read !== undefined) events.push(read);
      if (events.length === limit) return events;
    }
    const first = page.at(0)?.event?.position;
    const last = page.at(-1)?.event?.position;
    if (page.length < count || first === undefined || last === undefined) return events;
    if (events.length > 0 && last.commit - first.commit > PAGE_BYTES) return events;
    from = last;
    // Among the events of others ours may be few.
    wanted = events.length - before >= page.length - 1 ? limit - events.length : PAGE;
  }
}

async function pageFrom(connections: Connections, from: ReadPosition, count: number) {
  const asked: AllPage = { from, direction: 'forwards', count };
  try {
    return await connections.call((connection) => allPage(connection, asked));
  } catch (error) {
    throw from !== 'start' && isServerException(error) ? notAPosition() : error;
  }
}

function isAtOrBefore(position: StorePosition, from: StorePosition | 'start'): boolean {
  return from !== 'start' && position.commit <= from.commit;
}
