import { faultPoint, IntegrityError, type StreamName } from '#kernel';
import { claimFor, ledgerIdOf, type Database, type Statement } from '#sqlite-file';

import { decideAppend, firstRevision, lastRevision, type EncodedAppend } from '../append.js';
import type { Appended } from '../port.js';
import { positionOf } from '../positions.js';
import type { EventLogFaultPoint } from './faults.js';

const BETWEEN_EVENTS: EventLogFaultPoint = 'append.between-events';

/** Writes to the log. Each method runs within a transaction that others began and will end. */
export class Writer {
  readonly #db: Database;
  readonly #last: Statement<{ readonly revision: number; readonly position: number }>;
  readonly #span: Statement<{ readonly id: string; readonly position: number }>;
  readonly #insert: Statement<never>;

  constructor(db: Database) {
    this.#db = db;
    this.#last = db.prepare(
      'SELECT revision, position FROM events WHERE stream = ? ORDER BY revision DESC LIMIT 1',
    );
    this.#span = db.prepare(
      'SELECT id, position FROM events WHERE stream = ? AND revision BETWEEN ? AND ? ORDER BY revision',
    );
    this.#insert = db.prepare(
      'INSERT INTO events (stream, revision, id, type, metadata, data) VALUES (?, ?, ?, ?, ?, ?)',
    );
  }

  /** @throws WrongExpectedRevision before anything is written */
  append(append: EncodedAppend): Appended {
    const { stream } = append;
    const actual = this.#last.get(stream)?.revision ?? 'no-stream';
    const decision = decideAppend(append, actual, (from, count) =>
      this.#span.all(stream, from, from + count - 1).map((row) => row.id),
    );
    const revision = lastRevision(append);
    const position =
      decision === 'write' ? this.#write(append) : this.#positionAt(stream, revision);
    return { revision, position: positionOf(position) };
  }

  claim(part: string, ledgerId: string): void {
    if (ledgerIdOf(this.#db) === undefined && this.#hasEvents()) {
      throw new IntegrityError('ledger-id-missing', `${part}: has events and no ledger id`);
    }
    claimFor(this.#db, part, ledgerId);
  }

  #write(append: EncodedAppend): number {
    const first = firstRevision(append);
    let position = 0;
    for (const [index, event] of append.events.entries()) {
      if (index > 0) faultPoint(BETWEEN_EVENTS);
      const { id, type, metadata, data } = event;
      const written = this.#insert.run(append.stream, first + index, id, type, metadata, data);
      position = Number(written.lastInsertRowid);
    }
    return position;
  }

  #positionAt(stream: StreamName, revision: number): number {
    const row = this.#span.get(stream, revision, revision);
    if (row === undefined) throw new IntegrityError('stream-truncated', `${stream} lost an event`);
    return row.position;
  }

  #hasEvents(): boolean {
    return (
      this.#db.prepare<{ position: number }>('SELECT position FROM events LIMIT 1').get() !==
      undefined
    );
  }
}
