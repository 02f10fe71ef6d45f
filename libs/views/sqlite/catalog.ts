import { randomUUID } from 'node:crypto';

import { IntegrityError, START } from '#kernel';
import type { Instant, Position } from '#kernel';
import type { Database, Statement } from '#sqlite-file';

import { Fenced } from '../port.js';
import type { Build, Index, Parked, ViewDefinition } from '../port.js';

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
  /** 1 when the `value` indexes are there. */
  readonly indexed: 0 | 1;
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
  readonly #all: Statement<BuildRow>;
  readonly #one: Statement<BuildRow>;
  readonly #live: Statement<BuildRow>;
  readonly #building: Statement<BuildRow>;

  constructor(db: Database) {
    this.#sql = {
      insert: db.prepare(
        `INSERT INTO builds (id, view, version, indexes, state, checkpoint, written, indexed)
         VALUES (?, ?, ?, ?, ?, ?, 0, 0)`,
      ),
      state: db.prepare('UPDATE builds SET state = ? WHERE build = ?'),
      indexed: db.prepare('UPDATE builds SET indexed = 1 WHERE build = ?'),
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
    this.#all = db.prepare('SELECT * FROM builds ORDER BY build');
    this.#one = db.prepare('SELECT * FROM builds WHERE id = ?');
    this.#live = db.prepare(`SELECT * FROM builds WHERE view = ? AND state = 'live'`);
    this.#building = db.prepare(
      `SELECT * FROM builds WHERE view = ? AND state = 'building' ORDER BY build DESC LIMIT 1`,
    );
  }

  all(): readonly Build[] {
    return this.#all.all().map(buildOf);
  }

  one(build: Build): BuildRow | undefined {
    return this.#one.get(build.id);
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

  newestBuilding(view: string): BuildRow | undefined {
    return this.#building.get(view);
  }

  make(view: ViewDefinition, state: Build['state']): BuildRow {
    const id = randomUUID();
    const indexes = JSON.stringify(view.indexes);
    this.#sql.insert.run(id, view.name, view.version, indexes, state, START);
    const made = this.#one.get(id);
    if (made === undefined) throw new IntegrityError('store-corrupt', 'views: a row got lost');
    return made;
  }

  become(row: BuildRow, state: Build['state']): void {
    this.#sql.state.run(state, row.build);
  }

  markIndexed(row: BuildRow): void {
    this.#sql.indexed.run(row.build);
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
