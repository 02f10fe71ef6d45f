import type { EventId, Position, StreamName } from '#kernel';
import type { Database, Statement } from '#sqlite-file';

import { numberOf, positionOf } from '../positions.js';
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

/**
 * Metadata and data come as one: making an array for each of them is half the work. Byte strings are put
 * together as they are; the engine only calls the result text.
 */
const BYTES = 'length(metadata), CAST(metadata || data AS BLOB)';

const COLUMNS = `position, ${PLACE}, ${text('id')}, ${text('type')}, ${BYTES}`;

type Row = readonly [
  position: number,
  stream: StreamName,
  revision: number,
  id: EventId,
  type: string,
  metadataLength: number,
  bytes: Uint8Array,
];

/** Reads rows as they lie. */
export class StoredReader {
  readonly #all: Statement<Row>;

  constructor(db: Database) {
    this.#all = db.prepare(
      `SELECT ${COLUMNS} FROM events WHERE position > ? AND position <= ${String(HIGHEST)}
       ORDER BY position LIMIT ?`,
    );
    this.#all.setReturnArrays(true);
  }

  /** The next events of all streams after a position; none at the end of the log. */
  after(after: Position, limit: number): readonly StoredEvent[] {
    const first = numberOf(after);
    const fetch = (last: Row | undefined, count: number) =>
      this.#all.all(last?.[0] ?? first, count);
    return page(limit, fetch, storedEvent, (row) => row[6].length);
  }
}

function storedEvent(row: Row): StoredEvent {
  const [position, stream, revision, id, type, metadataLength, bytes] = row;
  return {
    position: positionOf(position),
    stream,
    revision,
    id,
    type,
    metadata: bytes.subarray(0, metadataLength),
    data: bytes.subarray(metadataLength),
  };
}
