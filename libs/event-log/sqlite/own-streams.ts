import type { Position, StreamName } from '#kernel';
import type { Database, Statement } from '#sqlite-file';

import type { PlacedEvent, StreamPlace } from '../own-streams.js';
import { numberOf } from '../positions.js';
import { HIGHEST, PLACE } from './stored-reader.js';

/** Entries of the index that are looked at in one go. */
const SPAN = 5_000;

/** Where in the index a span ends: the stream's bytes and the revision's digits, as they are. */
type Key = readonly [stream: Uint8Array, revision: string];
type PlaceRow = readonly [stream: StreamName, revision: number];

const BEFORE_ALL: Key = [new Uint8Array(), '-9223372036854775808'];
const KEY = '(CAST(? AS TEXT), CAST(? AS INTEGER))';

/**
 * Compares the table, which is read for all events, with the index, over which streams are read: the one
 * can have been changed without the other.
 */
export class SqliteOwnStreams {
  readonly #missing: Statement<readonly [place: number]>;
  readonly #missingOfRun: Statement<readonly [position: number]>;
  readonly #count: Statement<readonly [entries: number]>;
  readonly #end: Statement<Key>;
  readonly #strays: Statement<PlaceRow>;
  readonly #straysToEnd: Statement<PlaceRow>;

  constructor(db: Database) {
    this.#missing = db.prepare(`
      SELECT asked.key FROM json_each(?) AS asked WHERE NOT EXISTS (
        SELECT 1 FROM events AS own INDEXED BY events_of_stream
        WHERE own.stream = asked.value ->> 0 AND own.revision = asked.value ->> 1
          AND own.id = asked.value ->> 2 AND own.position = asked.value ->> 3
      ) ORDER BY asked.key`);
    this.#missingOfRun = db.prepare(`
      SELECT position FROM events AS whole NOT INDEXED WHERE position BETWEEN ? AND ? AND NOT EXISTS (
        SELECT 1 FROM events AS own INDEXED BY events_of_stream
        WHERE own.stream = whole.stream AND own.revision = whole.revision AND own.position = whole.position
      )`);
    this.#count = db.prepare(
      `SELECT count(*) FROM events AS own INDEXED BY events_of_stream WHERE ${NOT_BEHIND}`,
    );
    this.#end = db.prepare(`
      SELECT CAST(stream AS BLOB), CAST(revision AS TEXT) FROM events INDEXED BY events_of_stream
      WHERE (stream, revision) > ${KEY} ORDER BY stream, revision LIMIT 1 OFFSET ${String(SPAN - 1)}`);
    this.#strays = db.prepare(
      straysWhere(`(stream, revision) > ${KEY} AND (stream, revision) <= ${KEY}`),
    );
    this.#straysToEnd = db.prepare(straysWhere(`(stream, revision) > ${KEY}`));
    for (const each of [
      this.#missing,
      this.#missingOfRun,
      this.#end,
      this.#count,
      this.#strays,
      this.#straysToEnd,
    ]) {
      each.setReturnArrays(true);
    }
  }

  /** As {@link missing}, of events that stand in the table one after another, just as they are given. */
  missingOfRun(run: readonly PlacedEvent[]): readonly number[] {
    const [first, last] = [run[0], run.at(-1)];
    if (first === undefined || last === undefined) return [];
    const rows = this.#missingOfRun.all(numberOf(first.position), numberOf(last.position));
    if (rows.length === 0) return [];
    const missing = new Set(rows.map(([position]) => position));
    return run.flatMap(({ position }, at) => (missing.has(numberOf(position)) ? [at] : []));
  }

  /** As the port says. */
  missing(page: readonly PlacedEvent[]): readonly number[] {
    const asked = page.map(({ stream, revision, id, position }) => [
      stream,
      revision,
      id,
      numberOf(position),
    ]);
    return this.#missing.all(JSON.stringify(asked)).map(([place]) => place);
  }

  /** How many entries of the index there are, those behind the position left out. */
  count(until: Position): number {
    return this.#count.get(numberOf(until))?.[0] ?? 0;
  }

  /**
   * Entries of the index whose row is not in the table up to a position, or says otherwise; those
   * behind the position are left out.
   * @param after where the span before this one ended
   * @returns also where this span ends; undefined at the end of the index
   */
  strays(until: Position, after = BEFORE_ALL): { places: readonly StreamPlace[]; end?: Key } {
    const position = numberOf(until);
    const end = this.#end.get(...after);
    const rows =
      end === undefined
        ? this.#straysToEnd.all(...after, position, position)
        : this.#strays.all(...after, ...end, position, position);
    const places = rows.map(([stream, revision]) => ({ stream, revision }));
    return end === undefined ? { places } : { places, end };
  }
}

const NOT_BEHIND = `NOT own.position BETWEEN ? + 1 AND ${String(HIGHEST)}`;

/** The index alone is scanned: an entry without a row could not be looked up. */
function straysWhere(span: string): string {
  return `
    SELECT ${PLACE} FROM events AS own INDEXED BY events_of_stream
    WHERE ${span} AND ${NOT_BEHIND} AND NOT EXISTS (
      SELECT 1 FROM events AS whole NOT INDEXED
      WHERE whole.position = own.position AND whole.position BETWEEN 1 AND ?
        AND whole.stream = own.stream AND whole.revision = own.revision
    ) ORDER BY own.stream, own.revision`;
}
