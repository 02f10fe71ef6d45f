import {
  eventTypeFilter,
  streamNameFilter,
  type AllStreamResolvedEvent,
  type AllStreamSubscription,
} from '@eventstore/db-client';

import { Bell } from '../follow.js';
import type { Connection } from './connection.js';
import { later, type Place } from './places.js';

/** Events that are kept ready, and most in a page; the server waits when it is ahead by them. */
const PAGE = 500;
/** Events of others that the server passes over between two checkpoints. */
const WINDOW = 1_000;

/** What is wanted of `$all`: by what the names of streams, or the types of events, begin with. */
export type Wanted =
  { readonly streams: readonly string[] } | { readonly types: readonly string[] };

/** One subscription of the client to `$all`. */
export class Feed {
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
  #caughtUp = false;

  constructor(connection: Connection, wanted: Wanted, from: Place) {
    const settings = {
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
    } satisfies Partial<Parameters<typeof streamNameFilter>[0]>;
    const filter =
      'streams' in wanted
        ? streamNameFilter({ ...settings, prefixes: [...wanted.streams] })
        : eventTypeFilter({ ...settings, prefixes: [...wanted.types] });
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
    this.#subscription.on('caughtUp', () => {
      this.#caughtUp = true;
      connection.heard();
      this.bell.ring();
    });
    this.#subscription.on('error', (error) => {
      this.#failure = error;
      this.bell.ring();
    });
  }

  /** Whether the server has sent everything that it had; the last of it may still be to be taken. */
  get caughtUp(): boolean {
    return this.#caughtUp;
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
