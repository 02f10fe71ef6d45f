import { randomUUID } from 'node:crypto';

import { IntegrityError, START } from '#kernel';
import type { Instant, Position } from '#kernel';
import type { Database, Statement } from '#sqlite-file';

import { Fenced } from '../port.js';
import type { Build, Index, Parked, ViewDefinition } from '../port.js';
import { rows } from './rows.js';

/** The indexes of a build: not there, there, or being made and kept up meanwhile. */
export type Indexed = 0 | 1 | 2;

/** A build as its row has it. */
export interface BuildRow {
  readonly build: number;
  readonly id: string;
  readonly view: string;
  readonly version: number;
  readonly indexes: string;
  readonly state: Build['state'];
  readonly checkpoint: Position;
  /** How often documents were written. */
  readonly written: number;
  /** Of a build that is being filled (0) nobody keeps them up. */
  readonly indexed: Indexed;
  readonly parked_position: Position | null;
  readonly parked_reason: string | null;
  readonly parked_at: Instant | null;
}

/** The builds of all views, on one connection. The caller holds the transaction. */
export class Catalog {
  readonly #sql: Readonly<
    Record<'insert' | 'state' | 'indexed' | 'park' | 'unpark' | 'remove', Statement<never>>
  >;
  readonly #checkpoint: Statement<never>;
  readonly #epoch: Statement<never>;
  readonly #epochOf: Statement<[number]>;
  readonly #all: Statement<BuildRow>;
  readonly #one: Statement<BuildRow>;
  readonly #live: Statement<BuildRow>;
  readonly #liveNumber: Statement<[number]>;
  readonly #building: Statement<BuildRow>;

  constructor(db: Database) {
    this.#sql = {
      insert: db.prepare(
        `INSERT INTO builds (id, view, version, indexes, state, checkpoint, written, indexed)
         VALUES (?, ?, ?, ?, ?, ?, 0, 0)`,
      ),
      state: db.prepare('UPDATE builds SET state = ? WHERE build = ?'),
      indexed: db.prepare('UPDATE builds SET indexed = ? WHERE build = ?'),
      park: db.prepare(
        'UPDATE builds SET parked_position = ?, parked_reason = ?, parked_at = ? WHERE build = ?',
      ),
      unpark: db.prepare('UPDATE builds SET parked_position = NULL WHERE view = ?'),
      remove: db.prepare('DELETE FROM builds WHERE build = ?'),
    };
    this.#checkpoint = db.prepare(
      'UPDATE builds SET checkpoint = max(checkpoint, ?), written = written + 1 WHERE build = ?',
    );
    this.#epoch = db.prepare(
      `INSERT INTO epochs (view, epoch) VALUES (?, ?)
       ON CONFLICT (view) DO UPDATE SET epoch = excluded.epoch WHERE excluded.epoch >= epochs.epoch`,
    );
    this.#epochOf = rows(db, 'SELECT epoch FROM epochs WHERE view = ?');
    this.#all = db.prepare('SELECT * FROM builds ORDER BY build');
    this.#one = db.prepare('SELECT * FROM builds WHERE build = ?');
    this.#live = db.prepare(`SELECT * FROM builds WHERE view = ? AND state = 'live'`);
    this.#liveNumber = rows(db, `SELECT build FROM builds WHERE view = ? AND state = 'live'`);
    this.#building = db.prepare(
      `SELECT * FROM builds WHERE view = ? AND state = 'building' ORDER BY build DESC LIMIT 1`,
    );
  }

  all(): readonly Build[] {
    return this.#all.all().map(buildOf);
  }

  /** By its number, which a store that was made anew gives again. */
  one(build: Pick<Build, 'build' | 'id'>): BuildRow | undefined {
    const row = this.#one.get(build.build);
    return row?.id === build.id ? row : undefined;
  }

  /** @throws Fenced where it is gone */
  held(build: Build): BuildRow {
    const row = this.one(build);
    if (row === undefined) throw new Fenced('the build is gone');
    return row;
  }

  live(view: string): BuildRow | undefined {
    return this.#live.get(view);
  }

  /** Number of the live build of a view. */
  liveNumber(view: string): number | undefined {
    return this.#liveNumber.get(view)?.[0];
  }

  newestBuilding(view: string): BuildRow | undefined {
    return this.#building.get(view);
  }

  make(view: ViewDefinition, state: Build['state']): BuildRow {
    const id = randomUUID();
    const indexes = JSON.stringify(view.indexes);
    const { lastInsertRowid } = this.#sql.insert.run(
      id,
      view.name,
      view.version,
      indexes,
      state,
      START,
    );
    const made = this.one({ build: Number(lastInsertRowid), id });
    if (made === undefined) throw new IntegrityError('store-corrupt', 'views: a row got lost');
    return made;
  }

  become(row: BuildRow, state: Build['state']): void {
    this.#sql.state.run(state, row.build);
  }

  markIndexed(row: BuildRow, indexed: Indexed): void {
    this.#sql.indexed.run(indexed, row.build);
  }

  advance(row: BuildRow, checkpoint: Position): void {
    this.#checkpoint.run(checkpoint, row.build);
  }

  park(row: BuildRow, parked: Parked): void {
    this.#sql.park.run(parked.position, parked.reason, parked.at, row.build);
  }

  unpark(view: string): void {
    this.#sql.unpark.run(view);
  }

  remove(row: BuildRow): void {
    this.#sql.remove.run(row.build);
  }

  /** Notes an epoch under which a view is written. @throws Fenced where a later one was seen */
  enter(view: string, epoch: number): void {
    if (this.#epochOf.get(view)?.[0] === epoch) return;
    if (this.#epoch.run(view, epoch).changes === 0) throw new Fenced('another process projects it');
  }
}

export function buildOf(row: BuildRow): Build {
  const { view, version, build, id, state, checkpoint } = row;
  const plain = { view, version, build, id, state, checkpoint };
  const { parked_position: position, parked_reason: reason, parked_at: at } = row;
  if (position === null || reason === null || at === null) return plain;
  return { ...plain, parked: { position, reason, at } };
}

/** The indexes that a build was made with, as {@link Catalog.make} wrote them. */
export function indexesOf(row: BuildRow): readonly Index[] {
  return JSON.parse(row.indexes) as readonly Index[];
}

/** Indexes that changed without a new version would ask for what was never stored. */
export function assertIndexes(row: BuildRow, view: ViewDefinition): void {
  if (row.version !== view.version || row.indexes === JSON.stringify(view.indexes)) return;
  throw new IntegrityError('view-version', `${view.name}: indexes changed without a new version`);
}
