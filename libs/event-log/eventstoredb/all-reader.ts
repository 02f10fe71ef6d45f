import type { Position as StorePosition, ReadPosition } from '@eventstore/db-client';

import type { EventId, Position, RecordedEvent } from '#kernel';

import type { StoredEvent } from '../stored.js';
import type { Connection } from './connection.js';
import type { Connections } from './connections.js';
import { ledgerEvent } from './events.js';
import { isServerException } from './failures.js';
import type { Names } from './names.js';
import { notAPosition, positionOf, storePosition } from './positions.js';
import { allPage, type AllPage } from './reads.js';
import { sentPage, type SentEvent } from './stored-reads.js';

/** Most events that are asked for at once. */
const PAGE = 1_000;
/** A page ends beyond so many bytes of the log. */
const PAGE_BYTES = 4_194_304n;

/** One way to read `$all`. */
interface Way<Read extends { readonly position: StorePosition }, Event> {
  readonly page: (connection: Connection, asked: AllPage) => Promise<readonly Read[]>;
  /** The ledger's event; undefined for what is not one. */
  readonly ours: (read: Read) => Event | undefined;
}

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
  const page = async (connection: Connection, asked: AllPage) =>
    (await allPage(connection, asked)).flatMap(({ event }) => event ?? []);
  return next(connections, after, limit, { page, ours: (read) => ledgerEvent(names, read) });
}

/** The same events, in the bytes that the server keeps. */
export async function storedAfter(
  connections: Connections,
  names: Names,
  after: Position,
  limit: number,
): Promise<readonly StoredEvent[]> {
  const ours = (sent: SentEvent) => storedEvent(names, sent);
  return next(connections, after, limit, { page: sentPage, ours });
}

async function next<Read extends { readonly position: StorePosition }, Event>(
  connections: Connections,
  after: Position,
  limit: number,
  way: Way<Read, Event>,
): Promise<readonly Event[]> {
  const events: Event[] = [];
  let from = storePosition(after);
  let wanted = limit;
  for (;;) {
    // The one at the position is given again.
    const count = Math.min(wanted, PAGE) + 1;
    const page = await pageFrom(connections, from, count, way.page);
    const before = events.length;
    for (const read of page) {
      if (isAtOrBefore(read.position, from)) continue;
      const event = way.ours(read);
      if (event !== undefined) events.push(event);
      if (events.length === limit) return events;
    }
    const first = page.at(0)?.position;
    const last = page.at(-1)?.position;
    if (page.length < count || first === undefined || last === undefined) return events;
    if (events.length > 0 && last.commit - first.commit > PAGE_BYTES) return events;
    from = last;
    // Among the events of others ours may be few.
    wanted = events.length - before >= page.length - 1 ? limit - events.length : PAGE;
  }
}

async function pageFrom<Read>(
  connections: Connections,
  from: ReadPosition,
  count: number,
  page: (connection: Connection, asked: AllPage) => Promise<readonly Read[]>,
) {
  const asked: AllPage = { from, direction: 'forwards', count };
  try {
    return await connections.call((connection) => page(connection, asked));
  } catch (error) {
    throw from !== 'start' && isServerException(error) ? notAPosition() : error;
  }
}

function isAtOrBefore(position: StorePosition, from: StorePosition | 'start'): boolean {
  return from !== 'start' && position.commit <= from.commit;
}

function storedEvent(names: Names, sent: SentEvent): StoredEvent | undefined {
  const { streamId, revision, position, id, type, metadata, data } = sent;
  const stream = names.logical(streamId);
  if (stream === undefined || type.startsWith('$')) return undefined;
  const at = positionOf(position);
  return { stream, revision, position: at, id: id as EventId, type, metadata, data };
}
