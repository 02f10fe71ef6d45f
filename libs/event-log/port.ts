import type { NewEvent, Position, RecordedEvent, StreamName } from '#kernel';

/** What a writer has seen of a stream: that it does not exist, or its last event's revision. */
export type Expected = 'no-stream' | number;

/** Where an append ended. The same answer is given when the same append is repeated. */
export interface Appended {
  /** Revision of the last event of the append. */
  readonly revision: number;
  /** Position of the last event of the append. */
  readonly position: Position;
}

/** The stream is not where the writer has seen it: read again, decide again. Nothing was written. */
export class WrongExpectedRevision extends Error {
  override readonly name = 'WrongExpectedRevision';

  constructor(
    readonly stream: StreamName,
    readonly expected: Expected,
    /** Revision of the stream's last event, or that it has none. */
    readonly actual: Expected,
  ) {
    super(`${stream}: expected ${String(expected)}, found ${String(actual)}`);
  }
}

/** The append is larger than the store takes. Nothing was written. */
export class AppendTooLarge extends Error {
  override readonly name = 'AppendTooLarge';

  constructor(
    readonly bytes: number,
    readonly limit: number,
  ) {
    super(`append of ${String(bytes)} bytes, the limit is ${String(limit)}`);
  }
}

/**
 * The log of everything that happened. Events are never changed or removed.
 *
 * Every method throws `Outage('event-log', …)` where the store does not answer or cannot write.
 */
export interface EventLog {
  /**
   * Appends all events or none, durably: when this resolves, they survive a crash. Repeating an
   * append with the same event ids at the same expected revision answers as the first did and
   * writes nothing, however much later and whatever came after; the ids alone are compared.
   *
   * At least one event; ids are UUIDs in lower case, types `[A-Za-z][A-Za-z0-9]*`; the data of all
   * events, in canonical bytes, within the store's limit (1 MiB unless set otherwise).
   * @throws WrongExpectedRevision, AppendTooLarge, Outage (the outcome is then unknown)
   */
  append(stream: StreamName, expected: Expected, events: readonly NewEvent[]): Promise<Appended>;

  /**
   * A stream's events from a revision on, in pages; none if it does not exist or ends before. Who
   * wants no more than some of them says how many at `most`: the store is asked for no more.
   * @throws IntegrityError `stream-truncated` where a revision is missing, `event-unreadable` where
   * what is stored is not an event (as all reads)
   */
  read(stream: StreamName, from: number, most?: number): AsyncIterable<readonly RecordedEvent[]>;

  /**
   * At most `limit` events of all streams after a position, in log order. Fewer come where they are
   * large; none only at the end of the log.
   */
  readAll(after: Position, limit: number): Promise<readonly RecordedEvent[]>;

  /**
   * All events after a position, in log order, in pages; then those that come, within a second of
   * their append by whatever process. Ends when the signal aborts; an Outage ends it with an error,
   * and it may be started again after the last position seen.
   */
  subscribe(after: Position, signal: AbortSignal): AsyncIterable<readonly RecordedEvent[]>;

  /** Position of the newest event; START in an empty log. */
  head(): Promise<Position>;

  /** The ledger's id that the log carries, if one was set. */
  ledgerId(): Promise<string | undefined>;

  /**
   * Sets the ledger's id on an empty log, once; the same id again changes nothing.
   * @throws IntegrityError `ledger-id-differs` on another ledger's log, `ledger-id-missing` on a log
   * that has events and no id
   */
  claim(ledgerId: string): Promise<void>;

  /** Waits for appends under way. Everything else fails with an Outage from now on. */
  close(): Promise<void>;
}
