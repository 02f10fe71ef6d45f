import type { RecordedEvent } from '#kernel';

import type { Connections } from './connections.js';
import { ledgerEvent } from './events.js';
import { ConnectionLost } from './failures.js';
import { Feed } from './feed.js';
import type { Names } from './names.js';
import { later, type Place } from './places.js';
import { streamPage } from './reads.js';

/** A page, and where to begin again when it has been taken in. */
export interface SubscribedPage {
  readonly events: readonly RecordedEvent[];
  readonly resume: Place;
}

/**
 * The ledger's events behind a place, from one connection, until the signal aborts. Pages without
 * events carry checkpoints.
 * @throws whatever ends the connection's subscription
 */
export async function* subscribedPages(
  connections: Connections,
  names: Names,
  from: Place,
  signal: AbortSignal,
  idleLimitMillis: number,
): AsyncGenerator<SubscribedPage, void, void> {
  const connection = connections.current;
  const feed = new Feed(connection, { streams: [names.prefix] }, from);
  const ended = () => signal.aborted || connection.gone.aborted;
  try {
    let resume = from;
    while (!ended()) {
      const rung = feed.bell.rung;
      const taken = feed.take();
      resume = later(resume, feed.place(taken));
      const events = taken.flatMap(({ event }) => {
        const read = event === undefined ? undefined : ledgerEvent(names, event);
        return read === undefined ? [] : [read];
      });
      yield { events, resume };
      if (taken.length > 0) continue;
      feed.throwIfFailed();
      await feed.bell.wait(rung, signal, idleLimitMillis);
      if (feed.bell.rung === rung && connection.silentMillis >= idleLimitMillis) {
        await probe(connections, names);
      }
    }
    if (!signal.aborted) throw new ConnectionLost('the connection was given up');
  } finally {
    feed.close();
  }
}

/** A connection that hangs is silent, as one is on which nothing happens: a call tells them apart. */
export async function probe(connections: Connections, names: Names): Promise<void> {
  const asked = { from: 0n, direction: 'forwards', count: 1 } as const;
  await connections
    .call((connection) => streamPage(connection, names.identity, asked))
    .catch(() => undefined);
}
