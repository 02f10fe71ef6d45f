import {
  ErrorType,
  MaxAppendSizeExceededError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';

import {
  IntegrityError,
  Outage,
  START,
  type NewEvent,
  type Position,
  type RecordedEvent,
  type StreamName,
} from '#kernel';

import { encodeAppend, lastRevision, MAX_APPEND_BYTES, type EncodedAppend } from '../append.js';
import { Bell } from '../follow.js';
import type { MetadataChange, OwnStreams, PlacedEvent, StreamPlace } from '../own-streams.js';
import {
  AppendTooLarge,
  WrongExpectedRevision,
  type Appended,
  type EventLog,
  type Expected,
} from '../port.js';
import type { StoredEvent, StoredEvents } from '../stored.js';
import { addressOf } from './address.js';
import { eventsAfter, storedAfter } from './all-reader.js';
import { keepingOf, type KeepingOptions } from './connection.js';
import { Connections } from './connections.js';
import { hidden, isLost, isServerException, kindOf, outageOf, PART } from './failures.js';
import { Identity } from './identity.js';
import { withLastPosition } from './last-position.js';
import { metadataChanges } from './metadata-changes.js';
import { Names } from './names.js';
import { Newest } from './newest.js';
import { OwnStreamsReader } from './own-streams.js';
import { isSamePlace, type Place } from './places.js';
import { notAPosition, positionOf, storePosition } from './positions.js';
import { StreamReader } from './stream-reader.js';
import { subscribedPages } from './subscription.js';

export interface EventStoreDbOptions extends KeepingOptions {
  /** What the names of the ledger's streams begin with. Default `ledger.`. */
  readonly prefix?: string;
  /** Most bytes of data in one append, as the server is set to. Default 1 MiB. */
  readonly maxAppendBytes?: number;
  /**
   * Told of what was survived, connections that were replaced and subscriptions that began again: a
   * short code, no data.
   */
  readonly onProblem?: (code: string) => void;
}

/** Pauses before a subscription begins again: the first, and the longest. */
const FIRST_PAUSE_MILLIS = 50;
const LONGEST_PAUSE_MILLIS = 2_000;

/** The event log on EventStoreDB, one node or a cluster; other data in the database are left alone. */
export class EventStoreDbLog implements EventLog, StoredEvents, OwnStreams {
  readonly #names: Names;
  readonly #maxAppendBytes: number;
  readonly #timeLimitMillis: number;
  readonly #onProblem: (error: unknown) => void;
  readonly #connections: Connections;
  readonly #streams: StreamReader;
  readonly #ownStreams: OwnStreamsReader;
  readonly #newest: Newest;
  readonly #identity: Identity;
  readonly #underWay = new Set<Promise<Appended>>();
  readonly #closing = new Bell();
  #closed = false;

  /** Use {@link openEventStoreDb}. */
  constructor(url: string, options: EventStoreDbOptions) {
    this.#names = new Names(options.prefix);
    this.#maxAppendBytes = options.maxAppendBytes ?? MAX_APPEND_BYTES;
    this.#onProblem = (error) => options.onProblem?.(outageOf(error).message);
    const address = addressOf(url);
    const keeping = keepingOf(address, options);
    this.#timeLimitMillis = keeping.timeLimitMillis;
    this.#connections = new Connections(address, keeping, this.#onProblem);
    this.#streams = new StreamReader(this.#connections, this.#names);
    this.#ownStreams = new OwnStreamsReader(this.#connections, this.#names);
    this.#newest = new Newest(this.#connections, this.#names);
    this.#identity = new Identity(this.#connections, this.#names);
  }

  async append(
    stream: StreamName,
    expected: Expected,
    events: readonly NewEvent[],
  ): Promise<Appended> {
    this.#assertOpen();
    const append = encodeAppend(stream, expected, events, this.#maxAppendBytes);
    const appended = this.#append(append);
    this.#underWay.add(appended);
    try {
      return await appended;
    } finally {
      this.#underWay.delete(appended);
    }
  }

  read(
    stream: StreamName,
    from: number,
    most?: number,
  ): AsyncGenerator<readonly RecordedEvent[], void, void> {
    return this.#pages(() => this.#streams.pages(stream, from, most));
  }

  async readAll(after: Position, limit: number): Promise<readonly RecordedEvent[]> {
    return this.#guarded(() => eventsAfter(this.#connections, this.#names, after, limit));
  }

  async readStored(after: Position, limit: number): Promise<readonly StoredEvent[]> {
    return this.#guarded(async () => {
      const page = await storedAfter(this.#connections, this.#names, after, limit);
      this.#ownStreams.hasRead(after, page);
      return page;
    });
  }

  async notInOwnStream(page: readonly PlacedEvent[]): Promise<readonly number[]> {
    return this.#guarded(() => this.#ownStreams.missing(page));
  }

  onlyInOwnStream(until: Position): AsyncGenerator<readonly StreamPlace[], void, void> {
    return this.#pages(() => this.#ownStreams.strays(until));
  }

  metadataChanges(): AsyncGenerator<readonly MetadataChange[], void, void> {
    return this.#pages(() =>
      metadataChanges(this.#connections, this.#names, this.#timeLimitMillis),
    );
  }

  async *subscribe(
    after: Position,
    signal: AbortSignal,
  ): AsyncGenerator<readonly RecordedEvent[], void, void> {
    let place: Place = storePosition(after);
    let seen = after;
    let pauseMillis = FIRST_PAUSE_MILLIS;
    const ended = () => signal.aborted;
    while (!ended()) {
      this.#assertOpen();
      const connection = this.#connections.current;
      const pages = subscribedPages(
        this.#connections,
        this.#names,
        place,
        signal,
        this.#timeLimitMillis,
      );
      try {
        for await (const { events, resume } of pages) {
          const fresh = events.filter(({ position }) => position > seen);
          seen = fresh.at(-1)?.position ?? seen;
          if (fresh.length > 0) yield fresh;
          if (resume !== place) pauseMillis = FIRST_PAUSE_MILLIS;
          place = resume;
        }
      } catch (error) {
        this.#assertOpen();
        if (error instanceof IntegrityError) throw error;
        if (place !== 'start' && isServerException(error)) {
          const last = storePosition(seen);
          if (isSamePlace(place, last)) throw notAPosition();
          // Not an event's place but a checkpoint's, which this server does not take back.
          place = last;
        }
        if (!isLost(error)) this.#onProblem(error);
        this.#connections.noteTrouble(connection, error);
        await this.#closing.wait(this.#closing.rung, signal, pauseMillis);
        pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
      }
    }
  }

  async head(): Promise<Position> {
    return this.#guarded(() => this.#newest.find());
  }

  async ledgerId(): Promise<string | undefined> {
    return this.#guarded(() => this.#identity.read());
  }

  async claim(ledgerId: string): Promise<void> {
    const hasEvents = async () => (await this.#newest.find()) !== START;
    await this.#guarded(() => this.#identity.claim(ledgerId, hasEvents));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#underWay);
    await this.#connections.close();
    this.#closing.ring();
  }

  async #append(append: EncodedAppend): Promise<Appended> {
    const { stream } = append;
    const name = this.#names.stored(stream);
    const answer = await this.#connections
      .call(async (connection) => {
        const given = await connection.appends.append(name, append);
        return append.events.length === 1 ? given : withLastPosition(connection, name, given);
      })
      .catch((error: unknown) => {
        throw refusalOf(append, error);
      });
    // A stream that was deleted softly takes new events behind those that it hides.
    if (answer.position === undefined || answer.revision !== lastRevision(append)) {
      throw hidden(stream, 'has hidden events');
    }
    const position = positionOf(answer.position);
    this.#newest.appended(position);
    return { revision: answer.revision, position };
  }

  async *#pages<T>(
    begin: () => AsyncGenerator<readonly T[], void, void>,
  ): AsyncGenerator<readonly T[], void, void> {
    this.#assertOpen();
    try {
      yield* begin();
    } catch (error) {
      throw outageOf(error);
    }
  }

  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    this.#assertOpen();
    try {
      return await work();
    } catch (error) {
      throw outageOf(error);
    }
  }

  #assertOpen(): void {
    if (this.#closed) throw new Outage(PART, 'closed');
  }
}

/** Why an append was not done, in the port's words. */
function refusalOf(append: EncodedAppend, error: unknown): unknown {
  const { stream, expected, events } = append;
  if (error instanceof WrongExpectedVersionError) {
    const { actualVersion } = error;
    const actual = typeof actualVersion === 'bigint' ? Number(actualVersion) : 'no-stream';
    return new WrongExpectedRevision(stream, expected, actual);
  }
  if (error instanceof MaxAppendSizeExceededError) {
    const bytes = events.reduce((sum, event) => sum + event.data.byteLength, 0);
    return new AppendTooLarge(bytes, error.maxAppendSize);
  }
  return kindOf(error) === ErrorType.STREAM_DELETED
    ? hidden(stream, 'was deleted')
    : outageOf(error);
}

/**
 * Opens the log in a database that a connection string names (`esdb://…`). Nothing is asked of the
 * database yet: while it is away, every method throws an Outage.
 * @throws InvalidInput where the connection string is none; it is not quoted
 */
export function openEventStoreDb(url: string, options: EventStoreDbOptions = {}): EventStoreDbLog {
  return new EventStoreDbLog(url, options);
}
