import {
  streamNameFilter,
  type AllStreamResolvedEvent,
  type AllStreamSubscription,
  type Position as StorePosition,
} from '@eventstore/db-client';

import type { RecordedEvent } from '#kernel';

import { Bell } from '../follow.js';
import type { Connection } from './connection.js';
import type { Connections } from './connections.js';
import { ledgerEvent } from './events.js';
import { ConnectionLost } from './failures.js';
import type { Names } from './names.js';
import { streamPage } from './reads.js';

/** Events that are kept ready, and most in a page; the server waits when it is ahead by them. */
const PAGE = 500;
/** Events of others that the server passes over between two checkpoints. */
const WINDOW = 1_000;

/** Where a subscription may begin again: `start`, an event's position, or a checkpoint. */
export type Place = StorePosition | 'start';

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
  const feed = new Feed(connection, names.prefix, from);
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
async function probe(connections: Connections, names: Names): Promise<void> {
  const asked = { from: 0n, direction: 'forwards', count: 1 } as const;
  await connections
    .call((connection) => streamPage(connection, names.identity, asked))
    .catch(() => undefined);
}

/** One subscription of the client. */
class Feed {
  /** Rings when there is something to take, or it has failed. */
  readonly bell = new Bell();
  readonly #ring = () => {
    this.bell.ring();
  };
  readonly #subscription: AllStreamSubscription;
  readonly #connection: Connection;
  #checkpoint: Place = 'start';
  #passed: Place = 'start';
  #failure: Error | undefined;

  constructor(connection: Connection, prefix: string, from: Place) {
    const filter = streamNameFilter({
      prefixes: [prefix],
      maxSearchWindow: WINDOW,
      checkpointInterval: 1,
      checkpointReached: (_, position) => {
        connection.heard();
        if (this.#checkpoint === 'start' || position.commit > this.#checkpoint.commit) {
          this.#passed = this.#checkpoint;
          this.#checkpoint = position;
        }
        this.bell.ring();
      },
    });
    this.#connection = connection;
    connection.gone.addEventListener('abort', this.#ring);
    this.#subscription = connection.subscribeToAll(
      { fromPosition: from, filter, requiresLeader: true },
      { highWaterMark: PAGE },
    );
    this.#subscription.on('readable', () => {
      connection.heard();
      this.bell.ring();
    });
    this.#subscription.on('error', (error) => {
      this.#failure = error;
      this.bell.ring();
    });
  }

  /** What has come, at most a page. */
  take(): readonly AllStreamResolvedEvent[] {
    const taken: AllStreamResolvedEvent[] = [];
    while (taken.length < PAGE) {
      const next = this.#subscription.read() as AllStreamResolvedEvent | null;
      if (next === null) break;
      taken.push(next);
    }
    return taken;
  }

  /**
   * How far one is who has taken these. A checkpoint counts once nothing is waiting to be taken, for
   * it came behind all that did, and once another has come: whether the event at its place stands
   * before it or behind it is nowhere promised, and that one has passed by then.
   */
  place(taken: readonly AllStreamResolvedEvent[]): Place {
    const last = taken.at(-1)?.event?.position ?? 'start';
    return this.#subscription.readableLength === 0 ? later(last, this.#passed) : last;
  }

  throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  close(): void {
    this.#connection.gone.removeEventListener('abort', this.#ring);
    this.#subscription.unsubscribe().catch(() => undefined);
    this.#subscription.destroy();
  }
}

/** Whether two places are the same one. */
export function isSamePlace(one: Place, other: Place): boolean {
  if (one === 'start' || other === 'start') return one === other;
  return one.commit === other.commit && one.prepare === other.prepare;
}

function later(one: Place, other: Place): Place {
  if (one === 'start' || other === 'start') return one === 'start' ? other : one;
  if (one.commit !== other.commit) return one.commit > other.commit ? one : other;
  return one.prepare > other.prepare ? one : other;
}
