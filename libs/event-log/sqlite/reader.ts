import { START, type Position, type RecordedEvent, type StreamName } from '#kernel';
import { ledgerIdOf, type Database, type Statement } from '#sqlite-file';

import { numberOf, positionOf } from '../positions.js';
import { recordedEvent, type StoredEvent } from '../recorded.js';

/** Rows that are fetched at once; between fetches it is seen how large the page has become. */
export const CHUNK = 100;
/** A page takes no more rows in beyond this length of their JSON. */
const PAGE_LENGTH = 4_194_304;

/** The bytes lie as blobs; as text the engine decodes them, which is half the work. */
const COLUMNS = 'position, stream, revision, id, type, CAST(metadata AS TEXT), CAST(data AS TEXT)';

/** Reads the log, on a connection of its own, whole pages at a time. */
export class Reader {
  readonly #db: Database;
  readonly #all: Statement<StoredEvent>;
  readonly #stream: Statement<StoredEvent>;
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
    this.#newest = db.prepare('SELECT max(position) AS position FROM events');
  }

  /** The next events of all streams after a position; none at the end of the log. */
  all(after: Position, limit: number): readonly RecordedEvent[] {
    const first = numberOf(after);
    return page(limit, (last, count) => this.#all.all(last?.[0] ?? first, count));
  }

  /** The next events of a stream from a revision on; none at its end. */
  stream(stream: StreamName, from: number, limit: number): readonly RecordedEvent[] {
    return page(limit, (last, count) =>
      this.#stream.all(stream, last === undefined ? from : last[2] + 1, count),
    );
  }

  head(): Position {
    const newest = this.#newest.get()?.position ?? null;
    return newest === null ? START : positionOf(newest);
  }

  ledgerId(): string | undefined {
    return ledgerIdOf(this.#db);
  }
}

/**
 * Fetches chunk after chunk until the limit or the length of a page is reached.
 * @param fetch at most `count` rows after the last one of this page
 */
function page(
  limit: number,
  fetch: (last: StoredEvent | undefined, count: number) => readonly StoredEvent[],
): readonly RecordedEvent[] {
  const events: RecordedEvent[] = [];
  let last: StoredEvent | undefined;
  let length = 0;
  while (events.length < limit && length < PAGE_LENGTH) {
    const count = Math.min(CHUNK, limit - events.length);
    const rows = fetch(last, count);
    for (const row of rows) {
      events.push(recordedEvent(row));
      length += row[5].length + row[6].length;
    }
    if (rows.length < count) break;
    last = rows.at(-1);
  }
  return events;
}
