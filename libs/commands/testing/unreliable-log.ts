import type { Appended, EventLog, Expected } from '#event-log';
import type { NewEvent, Position, RecordedEvent, StreamName } from '#kernel';
import { Outage } from '#kernel';

/** What an unreliable log does at its next append. */
export type Mishap =
  /** Writes, and the answer is lost. */
  | 'lose-answer'
  /** Writes nothing and says so. */
  | 'refuse'
  /** Others get in before it is written. */
  | (() => Promise<unknown>);

/** A log that does what it is told to go wrong with, once each, in order; otherwise what it wraps. */
export class UnreliableLog implements EventLog {
  readonly #mishaps: Mishap[] = [];
  /** Every read fails while this is set. */
  unreadable = false;
  appends = 0;
  /** Streams that were read. */
  reads = 0;
  /** The revision from which a stream was read last. */
  lastFrom = -1;
  /** How many of its events were wanted then; undefined: all. */
  lastMost: number | undefined;

  constructor(private readonly log: EventLog) {}

  next(...mishaps: readonly Mishap[]): void {
    this.#mishaps.push(...mishaps);
  }

  async append(
    stream: StreamName,
    expected: Expected,
    events: readonly NewEvent[],
  ): Promise<Appended> {
    this.appends += 1;
    const mishap = this.#mishaps.shift();
    if (mishap === 'refuse') throw new Outage('event-log', 'disk full');
    if (typeof mishap === 'function') await mishap();
    const appended = await this.log.append(stream, expected, events);
    if (mishap === 'lose-answer') throw new Outage('event-log', 'connection lost');
    return appended;
  }

  async *read(
    stream: StreamName,
    from: number,
    most?: number,
  ): AsyncGenerator<readonly RecordedEvent[]> {
    this.reads += 1;
    this.lastFrom = from;
    this.lastMost = most;
    if (this.unreadable) throw new Outage('event-log', 'does not answer');
    yield* this.log.read(stream, from, most);
  }

  readAll(after: Position, limit: number): Promise<readonly RecordedEvent[]> {
    return this.log.readAll(after, limit);
  }

  subscribe(after: Position, signal: AbortSignal): AsyncIterable<readonly RecordedEvent[]> {
    return this.log.subscribe(after, signal);
  }

  head(): Promise<Position> {
    return this.log.head();
  }

  ledgerId(): Promise<string | undefined> {
    return this.log.ledgerId();
  }

  claim(ledgerId: string): Promise<void> {
    return this.log.claim(ledgerId);
  }

  close(): Promise<void> {
    return this.log.close();
  }
}
