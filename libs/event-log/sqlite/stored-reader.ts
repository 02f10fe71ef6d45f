import type { EventId, Position, StreamName } from '#kernel';
import type { Database, Statement } from '#sqlite-file';

import { numberOf, positionOf } from '../positions.js';
import type { PlacedEvent } from '../own-streams.js';
import type { StoredEvent } from '../stored.js';
import { page } from './pages.js';

/** The highest number that JavaScript can tell from its neighbours: no position was ever above it. */
export const HIGHEST = Number.MAX_SAFE_INTEGER;

/** The connection hands text over as far as a NUL: what has one comes as it never was written. */
const text = (column: string) =>
  `iif(instr(${column}, char(0)), char(65533) || ${column}, ${column})`;
/** The connection throws at a number that JavaScript cannot hold; no revision was ever so high. */
const number = (column: string) => `max(min(${column}, ${String(HIGHEST)}), -${String(HIGHEST)})`;

/** A stream's name and a revision, as SQL that never fails to be read, whatever was edited. */
export const PLACE = `${text('stream')}, ${number('revision')}`;

/** Whether text is all that there is, its length tells: the engine ends it at a NUL. */
const CONTENT = 'CAST(metadata AS TEXT), length(metadata), CAST(data AS TEXT), length(data)';

const COLUMNS = `position, ${PLACE}, ${text('id')}, ${text('type')}, ${CONTENT}`;

type Row = readonly [
  position: number,
  stream: StreamName,
  revision: number,
  id: EventId,
  type: string,
  metadata: string,
  metadataLength: number,
  data: string,
  dataLength: number,
];

/** Reads rows as they lie. */
export class StoredReader {
  readonly #all: Statement<Row>;
  readonly #bytes: Statement<readonly [metadata: Uint8Array, data: Uint8Array]>;
  #newest: readonly PlacedEvent[] = [];

  constructor(db: Database) {
    this.#all = db.prepare(
      `SELECT ${COLUMNS} FROM events WHERE position > ? AND position <= ${String(HIGHEST)}
       ORDER BY position LIMIT ?`,
    );
    this.#bytes = db.prepare('SELECT metadata, data FROM events WHERE position = ?');
    this.#all.setReturnArrays(true);
    this.#bytes.setReturnArrays(true);
  }

  /** The next events of all streams after a position; none at the end of the log. */
  after(after: Position, limit: number): readonly StoredEvent[] {
    const first = numberOf(after);
    const fetch = (last: Row | undefined, count: number) =>
      this.#all.all(last?.[0] ?? first, count);
    const of = (row: Row) => this.#event(row);
    const events = page(limit, fetch, of, (row) => row[6] + row[8]);
    this.#newest = events;
    return events;
  }

  /** Whether these are the events that were read last, all of them, and each as it stands there. */
  hasJustRead(events: readonly PlacedEvent[]): boolean {
    return events === this.#newest && events.every(isAsStored);
  }

  #event([position, stream, revision, id, type, metadata, ofMetadata, data, ofData]: Row) {
    const isText = isAllOf(metadata, ofMetadata) && isAllOf(data, ofData);
    const [rawMetadata, rawData] = (isText ? undefined : this.#bytes.get(position)) ?? [];
    return {
      position: positionOf(position),
      stream,
      revision,
      id,
      type,
      metadata: rawMetadata ?? metadata,
      data: rawData ?? data,
    };
  }
}

/** Whether an event's place and id are those of its row, and not only what can be said of them. */
function isAsStored({ stream, revision, id }: PlacedEvent): boolean {
  return Math.abs(revision) < HIGHEST && !stream.includes('\ufffd') && !id.includes('\ufffd');
}

/** Whether a text is what so many bytes spell: none of them was no UTF-8, and none came after a NUL. */
function isAllOf(text: string, bytes: number): boolean {
  if (Buffer.byteLength(text) !== bytes) return false;
  return text.length === bytes || !text.includes('\ufffd');
}
