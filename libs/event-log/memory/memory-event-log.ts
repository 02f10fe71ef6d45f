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
import { Bell, follow } from '../follow.js';
import type { Appended, EventLog, Expected } from '../port.js';
import { numberOf, positionOf } from '../positions.js';
import { recordedEvent, type StoredEvent } from '../recorded.js';
import { streamPages } from '../stream-pages.js';

const PAGE = 500;

/** What logs in memory share that stand for several processes on one store. */
export class MemoryStore {
  /** In log order; the n-th has position n. */
  readonly events: StoredEvent[] = [];
  readonly streams = new Map<StreamName, StoredEvent[]>();
  readonly bell = new Bell();
  ledgerId: string | undefined;
}

/** An event log in memory, for tests: it forgets everything with its store, and keeps all rules. */
export class MemoryEventLog implements EventLog {
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
    const first = numberOf(after);
    return this.#store.events.slice(first, first + limit).map(recordedEvent);
  }

  subscribe(after: Position, signal: AbortSignal): AsyncIterable<readonly RecordedEvent[]> {
    return follow(after, signal, (last) => this.readAll(last, PAGE), this.#store.bell);
  }

  async head(): Promise<Position> {
    this.#assertOpen();
    const count = this.#store.events.length;
    return count === 0 ? START : positionOf(count);
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

  #streamOf(stream: StreamName): readonly StoredEvent[] {
    return this.#store.streams.get(stream) ?? [];
  }

  #write(append: EncodedAppend): void {
    const stream = this.#store.streams.get(append.stream) ?? [];
    this.#store.streams.set(append.stream, stream);
    append.events.forEach((event, index) => {
      const stored: StoredEvent = [
        this.#store.events.length + 1,
        append.stream,
        firstRevision(append) + index,
        event.id,
        event.type,
        event.metadata.toString('utf8'),
        event.data.toString('utf8'),
      ];
      this.#store.events.push(stored);
      stream.push(stored);
    });
    this.#store.bell.ring();
  }

  #assertOpen(): void {
    if (this.#closed) throw new Outage('event-log', 'closed');
  }
}
