import {
  IntegrityError,
  Outage,
  START,
  type NewEvent,
  type Position,
  type RecordedEvent,
  type StreamName,
} from '#kernel';

import {
  decideAppend,
  encodeAppend,
  firstRevision,
  lastRevision,
  MAX_APPEND_BYTES,
  type EncodedAppend,
} from '../append.js';
import { follow } from '../follow.js';
import type { MetadataChange, OwnStreams, PlacedEvent, StreamPlace } from '../own-streams.js';
import type { Appended, EventLog, Expected } from '../port.js';
import { numberOf, positionOf } from '../positions.js';
import { recordedEvent, type StoredRow } from '../recorded.js';
import type { StoredEvent, StoredEvents } from '../stored.js';
import { streamPages } from '../stream-pages.js';
import { MemoryStore, storedEvent } from './store.js';

const PAGE = 500;

/** An event log in memory, for tests: it forgets everything with its store, and keeps all rules. */
export class MemoryEventLog implements EventLog, StoredEvents, OwnStreams {
  readonly #store: MemoryStore;
  readonly #maxAppendBytes: number;
  #closed = false;

  constructor(store = new MemoryStore(), options: { readonly maxAppendBytes?: number } = {}) {
    this.#store = store;
    this.#maxAppendBytes = options.maxAppendBytes ?? MAX_APPEND_BYTES;
  }

  async append(
    stream: StreamName,
    expected: Expected,
    events: readonly NewEvent[],
  ): Promise<Appended> {
    this.#assertOpen();
    const append = encodeAppend(stream, expected, events, this.#maxAppendBytes);
    const stored = this.#streamOf(stream);
    const actual = stored.at(-1)?.[2] ?? 'no-stream';
    const idsFrom = (from: number, count: number) =>
      stored.filter(([, , at]) => at >= from && at < from + count).map(([, , , id]) => id);
    if (decideAppend(append, actual, idsFrom) === 'write') this.#write(append);
    const revision = lastRevision(append);
    const position = this.#streamOf(stream).find(([, , at]) => at === revision)?.[0] ?? 0;
    return { revision, position: positionOf(position) };
  }

  read(stream: StreamName, from: number, most?: number): AsyncIterable<readonly RecordedEvent[]> {
    const pageFrom = (next: number, wanted: number) => {
      this.#assertOpen();
      const rest = this.#streamOf(stream).filter(([, , revision]) => revision >= next);
      return rest.slice(0, Math.min(PAGE, wanted)).map(recordedEvent);
    };
    return streamPages(stream, from, pageFrom, PAGE, most);
  }

  async readAll(after: Position, limit: number): Promise<readonly RecordedEvent[]> {
    this.#assertOpen();
    return this.#store.after(numberOf(after), limit).map(recordedEvent);
  }

  async readStored(after: Position, limit: number): Promise<readonly StoredEvent[]> {
    this.#assertOpen();
    return this.#store.after(numberOf(after), limit).map(storedEvent);
  }

  async notInOwnStream(page: readonly PlacedEvent[]): Promise<readonly number[]> {
    this.#assertOpen();
    return page.flatMap(({ stream, revision, id, position }, place) => {
      const at = numberOf(position);
      const own = this.#streamOf(stream).find((row) => row[2] === revision && row[0] === at);
      return own?.[3] === id ? [] : [place];
    });
  }

  async *onlyInOwnStream(until: Position): AsyncGenerator<readonly StreamPlace[], void, void> {
    this.#assertOpen();
    const whole = new Set(this.#store.events);
    const rows = [...this.#store.streams.values()].flat();
    const strays = rows.filter((row) => row[0] <= numberOf(until) && !whole.has(row));
    if (strays.length > 0) yield strays.map(([, stream, revision]) => ({ stream, revision }));
  }

  /** None: nobody describes streams here. */
  async *metadataChanges(): AsyncGenerator<readonly MetadataChange[], void, void> {
    // A log in memory has streams and no word about them.
  }

  subscribe(after: Position, signal: AbortSignal): AsyncIterable<readonly RecordedEvent[]> {
    return follow(after, signal, (last) => this.readAll(last, PAGE), this.#store.bell);
  }

  async head(): Promise<Position> {
    this.#assertOpen();
    const last = this.#store.events.at(-1);
    return last === undefined ? START : positionOf(last[0]);
  }

  async ledgerId(): Promise<string | undefined> {
    this.#assertOpen();
    return this.#store.ledgerId;
  }

  async claim(ledgerId: string): Promise<void> {
    this.#assertOpen();
    const standing = this.#store.ledgerId;
    if (standing === ledgerId) return;
    if (standing !== undefined) {
      throw new IntegrityError('ledger-id-differs', 'event-log: belongs to another ledger');
    }
    if (this.#store.events.length > 0) {
      throw new IntegrityError('ledger-id-missing', 'event-log: has events and no ledger id');
    }
    this.#store.ledgerId = ledgerId;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#store.bell.ring();
  }

  #streamOf(stream: StreamName): readonly StoredRow[] {
    return this.#store.streams.get(stream) ?? [];
  }

  #write(append: EncodedAppend): void {
    const stream = this.#store.streams.get(append.stream) ?? [];
    this.#store.streams.set(append.stream, stream);
    append.events.forEach((event, index) => {
      const row: StoredRow = [
        (this.#store.events.at(-1)?.[0] ?? 0) + 1,
        append.stream,
        firstRevision(append) + index,
        event.id,
        event.type,
        event.metadata.toString('utf8'),
        event.data.toString('utf8'),
      ];
      this.#store.events.push(row);
      stream.push(row);
    });
    this.#store.bell.ring();
  }

  #assertOpen(): void {
    if (this.#closed) throw new Outage('event-log', 'closed');
  }
}
