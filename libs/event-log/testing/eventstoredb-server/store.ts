import { randomUUID } from 'node:crypto';

import { Bell } from '../../follow.js';
import type { Journal } from './journal.js';
import {
  DELETED,
  NONE,
  systemRecord,
  ticksNow,
  type ProposedRecord,
  type StoredRecord,
  type Write,
} from './records.js';
import { Stream, streamMetadata } from './stream.js';

/** Bytes that a record takes besides what it holds: the gaps between positions. */
const RECORD_OVERHEAD = 98n;
/** Where the first event of a database stands: behind what the server writes for itself. */
const FIRST_POSITION = 231n;
const RECENT_LIMIT = 100_000;

/** What the nodes of a cluster share: all that was ever written, in order. */
export class Store {
  readonly #all: StoredRecord[] = [];
  readonly #streams = new Map<string, Stream>();
  /** The bounded cache on which idempotence rests where no revision is expected. */
  readonly #recent = new Map<string, StoredRecord>();
  readonly #journal: Journal | undefined;
  #end = FIRST_POSITION;
  /** Rings after each write. */
  readonly written = new Bell();

  constructor(journal?: Journal) {
    this.#journal = journal;
    for (const record of journal?.load().flat() ?? []) this.#keep(record);
    this.forgetRecent();
    if (this.#all.length === 0) this.#found();
  }

  /** Everything, in the order of `$all`. */
  get all(): readonly StoredRecord[] {
    return this.#all;
  }

  /** The first position that has not been given yet. */
  get end(): bigint {
    return this.#end;
  }

  stream(name: string): Stream {
    return this.#streams.get(name) ?? new Stream(name);
  }

  /** The event with an id, if it was written to the stream lately. */
  recent(stream: string, id: string): StoredRecord | undefined {
    const record = this.#recent.get(id.toLowerCase());
    return record?.stream === stream ? record : undefined;
  }

  /** As a restart does. */
  forgetRecent(): void {
    this.#recent.clear();
  }

  /** Writes all or nothing, at the ends of the streams; no rule is asked. */
  write(writes: readonly Write[]): readonly StoredRecord[] {
    const next = new Map<string, bigint>();
    let position = this.#end;
    const created = ticksNow();
    const records = writes.flatMap(({ stream, events }) =>
      events.map((event): StoredRecord => {
        const revision = next.get(stream) ?? this.stream(stream).last + 1n;
        next.set(stream, revision + 1n);
        const record = storedAs(event, { position, stream, revision, created });
        position += sizeOf(record);
        return record;
      }),
    );
    this.#commit(records);
    return records;
  }

  /** Ends a stream for good. */
  tombstone(stream: string): StoredRecord {
    const record = storedAs(systemRecord(randomUUID(), '$streamDeleted', {}), {
      position: this.#end,
      stream,
      revision: DELETED,
      created: ticksNow(),
    });
    this.#commit([record]);
    return record;
  }

  /** Index in {@link all} of the first event at a position or behind it. */
  indexAt(position: bigint): number {
    let low = 0;
    let high = this.#all.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#all[middle]?.position ?? 0n) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Puts other bytes in the place of an event's. */
  alter(position: bigint, bytes: Partial<Pick<StoredRecord, 'metadata' | 'data'>>): void {
    const index = this.indexAt(position);
    const record = this.#all[index];
    if (record?.position !== position) throw new Error('no event stands there');
    const altered = { ...record, ...bytes };
    this.#all[index] = altered;
    this.stream(record.stream).add(altered);
  }

  /** Makes one event vanish from {@link all}; its stream keeps it. */
  forget(position: bigint): void {
    const index = this.indexAt(position);
    if (this.#all[index]?.position !== position) throw new Error('no event stands there');
    this.#all.splice(index, 1);
  }

  #commit(records: readonly StoredRecord[]): void {
    this.#journal?.append(records);
    records.forEach((record) => {
      this.#keep(record);
    });
    this.written.ring();
  }

  #keep(record: StoredRecord): void {
    this.#all.push(record);
    this.#end = record.position + sizeOf(record);
    const stream = this.stream(record.stream);
    this.#streams.set(record.stream, stream);
    stream.add(record);
    this.#recent.set(record.id, record);
    const [oldest] = this.#recent.keys();
    if (this.#recent.size > RECENT_LIMIT && oldest !== undefined) this.#recent.delete(oldest);
    if (record.stream.startsWith('$$') && record.type === '$metadata') this.#describe(record);
  }

  #describe(record: StoredRecord): void {
    const name = record.stream.slice('$$'.length);
    const stream = this.stream(name);
    this.#streams.set(name, stream);
    stream.setMetadata(streamMetadata(record.data));
  }

  /** A new database is not empty: the server writes for itself. */
  #found(): void {
    const acl = { $acl: { $r: '$admins', $w: '$admins' } };
    const event = (type: string, data: unknown): ProposedRecord[] => [
      systemRecord(randomUUID(), type, data),
    ];
    this.write([
      { stream: '$$$stats-127.0.0.1:2113', events: event('$metadata', { $maxAge: 86_400 }) },
      { stream: '$$$users', events: event('$metadata', acl) },
      { stream: '$users', events: event('$User', 'admin') },
    ]);
  }
}

/** Whether a stream has never had an event. */
export function isUnwritten(stream: Stream): boolean {
  return stream.last === NONE;
}

function storedAs(
  event: ProposedRecord,
  place: Pick<StoredRecord, 'position' | 'stream' | 'revision' | 'created'>,
): StoredRecord {
  return { ...event, id: event.id.toLowerCase(), ...place };
}

function sizeOf(record: StoredRecord): bigint {
  const bytes = record.data.byteLength + record.metadata.byteLength;
  return RECORD_OVERHEAD + BigInt(bytes + record.stream.length + record.type.length);
}
