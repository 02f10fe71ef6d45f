import { START, type Position, type RecordedEvent, type StreamName } from '#kernel';
import { ledgerIdOf, type Database, type Statement } from '#sqlite-file';

import { numberOf, positionOf } from '../positions.js';
import { recordedEvent, type StoredRow } from '../recorded.js';
import { page } from './pages.js';
import { HIGHEST } from './stored-reader.js';

/** The bytes lie as blobs; as text the engine decodes them, which is half the work. */
const COLUMNS = 'position, stream, revision, id, type, CAST(metadata AS TEXT), CAST(data AS TEXT)';

/** Reads the log, on a connection of its own, whole pages at a time. */
export class Reader {
  readonly #db: Database;
  readonly #all: Statement<StoredRow>;
  readonly #stream: Statement<StoredRow>;
  readonly #newest: Statement<{ readonly position: number | null }>;

  constructor(db: Database) {
    this.#db = db;
    this.#all = db.prepare(
      `SELECT ${COLUMNS} FROM events WHERE position > ? ORDER BY position LIMIT ?`,
    );
    this.#stream = db.prepare(
      `SELECT ${COLUMNS} FROM events WHERE stream = ? AND revision >= ? ORDER BY revision LIMIT ?`,
    );
    this.#all.setReturnArrays(true);
    this.#stream.setReturnArrays(true);
    // Somebody may have written one that JavaScript cannot hold.
    this.#newest = db.prepare(
      `SELECT max(position) AS position FROM events WHERE position <= ${String(HIGHEST)}`,
    );
  }

  /** The next events of all streams after a position; none at the end of the log. */
  all(after: Position, limit: number): readonly RecordedEvent[] {
    const first = numberOf(after);
    const fetch = (last: StoredRow | undefined, count: number) =>
      this.#all.all(last?.[0] ?? first, count);
    return page(limit, fetch, recordedEvent, lengthOf);
  }

  /** The next events of a stream from a revision on; none at its end. */
  stream(stream: StreamName, from: number, limit: number): readonly RecordedEvent[] {
    const fetch = (last: StoredRow | undefined, count: number) =>
      this.#stream.all(stream, last === undefined ? from : last[2] + 1, count);
    return page(limit, fetch, recordedEvent, lengthOf);
  }

  head(): Position {
    const newest = this.#newest.get()?.position ?? null;
    return newest === null ? START : positionOf(newest);
  }

  ledgerId(): string | undefined {
    return ledgerIdOf(this.#db);
  }
}

function lengthOf([, , , , , metadata, data]: StoredRow): number {
  return metadata.length + data.length;
}
