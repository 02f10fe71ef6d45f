import { Outage, type NewEvent, type Position, type RecordedEvent, type StreamName } from '#kernel';
import {
  backupDatabase,
  closeDatabase,
  GroupCommit,
  guarded,
  openDatabase,
  openReader,
  type Database,
  type Die,
} from '#sqlite-file';

import { encodeAppend, MAX_APPEND_BYTES } from '../append.js';
import { Bell, follow } from '../follow.js';
import type { MetadataChange, OwnStreams, PlacedEvent, StreamPlace } from '../own-streams.js';
import type { Appended, EventLog, Expected } from '../port.js';
import type { StoredEvent, StoredEvents } from '../stored.js';
import { streamPages } from '../stream-pages.js';
import { EvidenceReader } from './evidence-reader.js';
import { CHUNK } from './pages.js';
import { Reader } from './reader.js';
import { EVENT_LOG_FORMAT } from './schema.js';
import { Writer } from './writer.js';

const { part: PART } = EVENT_LOG_FORMAT;
const PAGE = 1_000;

export interface SqliteEventLogOptions {
  /** Most bytes of data in one append. Default 1 MiB. */
  readonly maxAppendBytes?: number;
  /** How often subscriptions look for appends of other processes. Default 200 ms. */
  readonly pollMillis?: number;
  /** How long an append waits for another process's lock. Default 5 s. */
  readonly busyLimitMillis?: number;
  /** Most appends in one transaction. Default 1,000. */
  readonly maxGroup?: number;
  /** Told after each COMMIT how many appends it held. */
  readonly onCommit?: (appends: number) => void;
  /** Ends the process after a failed fsync. */
  readonly die?: Die;
}

/**
 * The event log in one SQLite file. Appends that arrive together share one fsync; several processes
 * may have the file open.
 */
export class SqliteEventLog implements EventLog, StoredEvents, OwnStreams {
  readonly #file: string;
  readonly #options: SqliteEventLogOptions;
  readonly #writing: Database;
  readonly #reading: Database;
  readonly #writer: Writer;
  readonly #reader: Reader;
  readonly #evidence: EvidenceReader;
  readonly #commit: GroupCommit;
  readonly #bell = new Bell();

  /** Use {@link openSqliteEventLog}. */
  constructor(file: string, writing: Database, reading: Database, options: SqliteEventLogOptions) {
    this.#file = file;
    this.#options = options;
    this.#writing = writing;
    this.#reading = reading;
    this.#writer = new Writer(writing);
    this.#reader = new Reader(reading);
    this.#evidence = new EvidenceReader(reading, (work) => this.#read(work));
    this.#commit = new GroupCommit(writing, {
      ...options,
      part: PART,
      faultPoints: { beforeCommit: 'append.before-commit', afterCommit: 'append.after-commit' },
      onCommit: (appends) => {
        this.#bell.ring();
        options.onCommit?.(appends);
      },
    });
  }

  async append(
    stream: StreamName,
    expected: Expected,
    events: readonly NewEvent[],
  ): Promise<Appended> {
    const limit = this.#options.maxAppendBytes ?? MAX_APPEND_BYTES;
    const append = encodeAppend(stream, expected, events, limit);
    return this.#commit.run(() => this.#writer.append(append));
  }

  read(stream: StreamName, from: number, most?: number): AsyncIterable<readonly RecordedEvent[]> {
    const pageFrom = (next: number, rest: number) =>
      this.#read((reader) => reader.stream(stream, next, Math.min(PAGE, rest)));
    return streamPages(stream, from, pageFrom, CHUNK, most);
  }

  async readAll(after: Position, limit: number): Promise<readonly RecordedEvent[]> {
    return this.#read((reader) => reader.all(after, limit));
  }

  readStored(after: Position, limit: number): Promise<readonly StoredEvent[]> {
    return this.#evidence.readStored(after, limit);
  }

  notInOwnStream(page: readonly PlacedEvent[]): Promise<readonly number[]> {
    return this.#evidence.notInOwnStream(page);
  }

  onlyInOwnStream(until: Position, given?: number): AsyncIterable<readonly StreamPlace[]> {
    return this.#evidence.onlyInOwnStream(until, given);
  }

  metadataChanges(): AsyncIterable<readonly MetadataChange[]> {
    return this.#evidence.metadataChanges();
  }

  subscribe(after: Position, signal: AbortSignal): AsyncIterable<readonly RecordedEvent[]> {
    const pollMillis = this.#options.pollMillis ?? 200;
    return follow(after, signal, (last) => this.readAll(last, PAGE), this.#bell, pollMillis);
  }

  /** Has subscriptions look at once: another connection of this process has appended. */
  appended(): void {
    this.#bell.ring();
  }

  async head(): Promise<Position> {
    return this.#read((reader) => reader.head());
  }

  async ledgerId(): Promise<string | undefined> {
    return this.#read((reader) => reader.ledgerId());
  }

  async claim(ledgerId: string): Promise<void> {
    await this.#commit.run(() => {
      this.#writer.claim(PART, ledgerId);
    });
  }

  /**
   * Makes a consistent copy of the log while it is in use.
   * @throws InvalidInput where the target exists
   */
  async backup(target: string): Promise<void> {
    await backupDatabase(PART, this.#file, target);
  }

  async close(): Promise<void> {
    await this.#commit.close();
    closeDatabase(this.#reading);
    closeDatabase(this.#writing);
    this.#bell.ring();
  }

  #read<T>(work: (reader: Reader) => T): T {
    if (!this.#reading.isOpen) throw new Outage(PART, 'closed');
    return guarded(PART, () => work(this.#reader));
  }
}

/**
 * Opens the log in a file, and makes it if it does not exist. The folder must exist.
 * @throws IntegrityError, Outage as `openDatabase` of #sqlite-file
 */
export async function openSqliteEventLog(
  file: string,
  options: SqliteEventLogOptions = {},
): Promise<SqliteEventLog> {
  const { busyLimitMillis } = options;
  const format = {
    ...EVENT_LOG_FORMAT,
    ...(busyLimitMillis === undefined ? {} : { busyLimitMillis }),
  };
  const writing = await openDatabase(file, format);
  try {
    return new SqliteEventLog(file, writing, await openReader(file, format), options);
  } catch (error) {
    closeDatabase(writing);
    throw error;
  }
}
