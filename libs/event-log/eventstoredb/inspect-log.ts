import { START, type RecordedEvent } from '#kernel';

import type { InspectedLog } from '../inspection.js';
import { addressOf } from './address.js';
import { keepingOf } from './connection.js';
import { Connections } from './connections.js';
import { openEventStoreDb, type EventStoreDbOptions } from './event-store-db-log.js';
import { ledgerEvent } from './events.js';
import { outageOf } from './failures.js';
import { Names } from './names.js';
import { Newest } from './newest.js';
import { storePosition } from './positions.js';
import { allPage } from './reads.js';

type Options = Required<Pick<EventStoreDbOptions, 'prefix' | 'timeLimitMillis'>>;

/**
 * Looks at a log on EventStoreDB, and writes nothing.
 * @throws InvalidInput where the connection string is none; it is not quoted
 */
export async function inspectEventStoreDbLog<T>(
  url: string,
  options: Options,
  work: (log: InspectedLog) => Promise<T>,
): Promise<T> {
  const log = openEventStoreDb(url, options);
  try {
    return await work({
      ledgerId: () => log.ledgerId(),
      head: () => log.head(),
      readAll: (after, limit) => log.readAll(after, limit),
      readStored: (after, limit) => log.readStored(after, limit),
      notInOwnStream: (page) => log.notInOwnStream(page),
      onlyInOwnStream: (until) => log.onlyInOwnStream(until),
      metadataChanges: () => log.metadataChanges(),
      newest: () => newestOn(url, options),
    });
  } finally {
    await log.close();
  }
}

/** The port reads what comes after a position; the store gives also what stands at one. */
async function newestOn(
  url: string,
  { prefix, timeLimitMillis }: Options,
): Promise<RecordedEvent | undefined> {
  const names = new Names(prefix);
  const address = addressOf(url);
  const keeping = keepingOf(address, { timeLimitMillis });
  const connections = new Connections(address, keeping, () => undefined);
  try {
    const head = await new Newest(connections, names).find();
    if (head === START) return undefined;
    const at = { from: storePosition(head), direction: 'forwards', count: 1 } as const;
    const [read] = await connections.call((connection) => allPage(connection, at));
    return read?.event === undefined ? undefined : ledgerEvent(names, read.event);
  } catch (error) {
    throw outageOf(error);
  } finally {
    await connections.close();
  }
}
