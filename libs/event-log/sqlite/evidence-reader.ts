import { setImmediate as turn } from 'node:timers/promises';

import type { Position } from '#kernel';
import type { Database } from '#sqlite-file';

import type { MetadataChange, OwnStreams, PlacedEvent, StreamPlace } from '../own-streams.js';
import type { StoredEvent, StoredEvents } from '../stored.js';
import { SqliteOwnStreams } from './own-streams.js';
import { StoredReader } from './stored-reader.js';

/** What evidence reads of a log in a file, whether the log is worked with or only looked at. */
export class EvidenceReader implements StoredEvents, OwnStreams {
  readonly #stored: StoredReader;
  readonly #streams: SqliteOwnStreams;
  readonly #guarded: <T>(work: () => T) => T;

  /** @param guarded does a piece of work on the connection, and turns errors into those of the port */
  constructor(db: Database, guarded: <T>(work: () => T) => T) {
    this.#stored = new StoredReader(db);
    this.#streams = new SqliteOwnStreams(db);
    this.#guarded = guarded;
  }

  async readStored(after: Position, limit: number): Promise<readonly StoredEvent[]> {
    return this.#guarded(() => this.#stored.after(after, limit));
  }

  async notInOwnStream(page: readonly PlacedEvent[]): Promise<readonly number[]> {
    return this.#guarded(() => {
      const isJustRead = this.#stored.hasJustRead(page);
      return isJustRead ? this.#streams.missingOfRun(page) : this.#streams.missing(page);
    });
  }

  async *onlyInOwnStream(
    until: Position,
    given?: number,
  ): AsyncGenerator<readonly StreamPlace[], void, void> {
    // Each of those has an entry of the index to itself: where there are no more, none is a stray.
    if (this.#guarded(() => this.#streams.count(until)) === given) return;
    let span = this.#guarded(() => this.#streams.strays(until));
    for (;;) {
      if (span.places.length > 0) yield span.places;
      const { end } = span;
      if (end === undefined) return;
      await turn();
      span = this.#guarded(() => this.#streams.strays(until, end));
    }
  }

  /** None: nobody describes streams here. */
  async *metadataChanges(): AsyncGenerator<readonly MetadataChange[], void, void> {
    // An embedded log has streams and no word about them.
  }
}
