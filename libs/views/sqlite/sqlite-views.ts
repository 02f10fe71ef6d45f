import { setImmediate as yieldToOthers } from 'node:timers/promises';

import { Outage, faultPoint } from '#kernel';
import type { JsonObject } from '#kernel';
import {
  BUSY_LIMIT_MILLIS,
  claimFor,
  closeDatabase,
  GroupCommit,
  ledgerIdOf,
  whileBusy,
  type Database,
} from '#sqlite-file';

import type { ViewsFaultPoint } from '../fault-points.js';
import { parseFilter } from '../filter.js';
import { Fenced } from '../port.js';
import type {
  Batch,
  Build,
  Filter,
  Page,
  Parked,
  Row,
  Standing,
  ViewDefinition,
  Views,
  Within,
} from '../port.js';
import { runApart } from './apart.js';
import { assertIndexes, buildOf, Catalog, indexesOf, type BuildRow } from './catalog.js';
import { compact } from './compact.js';
import { Documents } from './documents.js';
import { fillStatements } from './index-fill.js';
import { Queries } from './queries.js';
import { createTables, layoutOf, PART } from './schema.js';
import { clearSome, dropIndexes, dropTables } from './teardown.js';

/** The views in an SQLite file, which several processes may have open. */
export class SqliteViews implements Views {
  readonly #file: string;
  readonly #writer: Database;
  readonly #reader: Database;
  /** Views that are written in one turn share a transaction. */
  readonly #commit: GroupCommit;
  readonly #catalog: Catalog;
  readonly #readCatalog: Catalog;
  readonly #queries: Queries;
  readonly #documents = new Map<number, Documents>();
  #scrubbing: Promise<void> = Promise.resolve();
  #nextScrub: Promise<void> | undefined;

  /** @param writer, reader two connections to the file, which it will close */
  constructor(file: string, writer: Database, reader: Database) {
    this.#file = file;
    this.#writer = writer;
    this.#reader = reader;
    this.#commit = new GroupCommit(writer, { part: PART });
    this.#catalog = new Catalog(writer);
    this.#readCatalog = new Catalog(reader);
    this.#queries = new Queries(reader, this.#readCatalog);
  }

  async live(view: ViewDefinition): Promise<Build> {
    const row =
      (await this.#read(() => this.#readCatalog.live(view.name))) ??
      (await this.#write(() => this.#catalog.live(view.name) ?? this.#make(view, 'live')));
    assertIndexes(row, view);
    return buildOf(row);
  }

  builds(): Promise<readonly Build[]> {
    return this.#read(() => this.#readCatalog.all());
  }

  begin(view: ViewDefinition): Promise<Build> {
    return this.#write(() => {
      const newest = this.#catalog.newestBuilding(view.name);
      if (newest?.version !== view.version || newest.parked_position !== null) {
        return buildOf(this.#make(view, 'building'));
      }
      assertIndexes(newest, view);
      return buildOf(newest);
    });
  }

  /** The indexes, where they are not there yet. */
  async prepare(build: Build, epoch: number): Promise<void> {
    const row = await this.#write(() => this.#forWriting(build, epoch));
    if (row.indexed !== 1) await this.#makeIndexes(build);
  }

  /** On the disk when it resolves: the search secret of the build before is destroyed after it. */
  async swap(build: Build, epoch: number): Promise<boolean> {
    await this.prepare(build, epoch);
    this.#writer.exec('PRAGMA synchronous = FULL');
    try {
      return await this.#write(() => this.#swapNow(build, epoch));
    } finally {
      this.#writer.exec('PRAGMA synchronous = NORMAL');
    }
  }

  /** In many small transactions, so that nobody waits long; from the first on nobody reads it. */
  async drop(build: Build, epoch: number): Promise<void> {
    for (let left = true; left;) {
      left = await this.#write(() => {
        this.#catalog.enter(build.view, epoch);
        const row = this.#catalog.one(build);
        if (row === undefined) return false;
        const layout = layoutOf(row.build, indexesOf(row));
        if (row.state !== 'retired') this.#catalog.become(row, 'retired');
        if (dropIndexes(this.#writer, layout)) return true;
        if (clearSome(this.#writer, layout)) return true;
        dropTables(this.#writer, layout);
        this.#catalog.remove(row);
        return false;
      });
      await yieldToOthers();
    }
    this.#documents.delete(build.build);
  }

  get<Doc extends JsonObject>(
    view: ViewDefinition<Doc>,
    id: string,
  ): Promise<Row<Doc> | undefined> {
    // Written under this version of the definition, so of its type.
    return this.#read(() => this.#queries.get(view, id) as Row<Doc> | undefined);
  }

  find<Doc extends JsonObject>(
    view: ViewDefinition<Doc>,
    filter: Filter,
    page: Page,
    within?: Within,
  ): Promise<readonly Row<Doc>[]> {
    return this.#read(() => this.#queries.find(view, filter, page, within) as readonly Row<Doc>[]);
  }

  count(view: ViewDefinition, filter: Filter, within?: Within): Promise<number> {
    return this.#read(() => this.#queries.count(view, filter, within));
  }

  load(build: Build, ids: readonly string[]): Promise<readonly Standing[]> {
    return this.#fold(build, (documents, row) => documents.load(row, ids));
  }

  async match(build: Build, view: ViewDefinition, filter: Filter): Promise<readonly string[]> {
    const node = parseFilter(view.indexes, filter);
    const ids = await this.#fold(build, (documents, { indexed }) =>
      indexed === 1 ? documents.match(node) : undefined,
    );
    if (ids !== undefined) return ids;
    await this.#makeIndexes(build);
    return this.#fold(build, (documents) => documents.match(node));
  }

  write(build: Build, view: ViewDefinition, batch: Batch): Promise<void> {
    return this.#write(() => {
      const row = this.#forWriting(build, batch.epoch);
      assertIndexes(row, view);
      this.#documentsOf(row).write(row, batch);
      reach('projection.before-checkpoint');
      this.#catalog.advance(row, batch.checkpoint);
    });
  }

  park(build: Build, parked: Parked, epoch: number): Promise<void> {
    return this.#write(() => {
      this.#catalog.park(this.#forWriting(build, epoch), parked);
    });
  }

  unpark(view: string): Promise<void> {
    return this.#write(() => {
      this.#catalog.unpark(view);
    });
  }

  /** Those who ask while one is under way share the next one. */
  async scrub(): Promise<void> {
    this.#assertOpen();
    this.#nextScrub ??= this.#scrubAfter(this.#scrubbing);
    await this.#nextScrub;
  }

  ledgerId(): Promise<string | undefined> {
    return this.#read(() => ledgerIdOf(this.#reader));
  }

  claim(ledgerId: string): Promise<void> {
    return this.#write(() => {
      claimFor(this.#writer, PART, ledgerId);
    });
  }

  /** Waits for a scrub that is under way. */
  async close(): Promise<void> {
    await this.#nextScrub?.catch(() => undefined);
    await this.#scrubbing.catch(() => undefined);
    await this.#commit.close();
    closeDatabase(this.#reader);
    closeDatabase(this.#writer);
  }

  async #scrubAfter(before: Promise<void>): Promise<void> {
    await before.catch(() => undefined);
    this.#nextScrub = undefined;
    reach('views.before-scrub');
    this.#scrubbing = compact(this.#writer, this.#file);
    await this.#scrubbing;
    reach('views.after-scrub');
  }

  #make(view: ViewDefinition, state: Build['state']): BuildRow {
    const row = this.#catalog.make(view, state);
    const layout = layoutOf(row.build, view.indexes);
    createTables(this.#writer, layout);
    if (state !== 'live') return row;
    for (const sql of fillStatements(layout, 0)) this.#writer.exec(sql);
    this.#catalog.markIndexed(row, 1);
    return row;
  }

  /** From before they are filled they are kept up, so that what is written meanwhile is in them. */
  async #makeIndexes(build: Build): Promise<void> {
    const statements = await this.#write(() => {
      const row = this.#catalog.held(build);
      const documents = this.#documentsOf(row);
      this.#catalog.markIndexed(row, 2);
      documents.indexOdd();
      return fillStatements(layoutOf(row.build, indexesOf(row)), documents.size());
    });
    await runApart(this.#writer, this.#file, statements);
    await this.#write(() => {
      this.#catalog.markIndexed(this.#catalog.held(build), 1);
    });
  }

  #swapNow(build: Build, epoch: number): boolean {
    const next = this.#forWriting(build, epoch);
    const live = this.#catalog.live(build.view);
    if (live?.id === next.id) return true;
    if (live !== undefined && live.checkpoint > next.checkpoint) return false;
    if (live !== undefined) this.#catalog.become(live, 'retired');
    this.#catalog.become(next, 'live');
    return true;
  }

  #forWriting(build: Build, epoch: number): BuildRow {
    this.#catalog.enter(build.view, epoch);
    const row = this.#catalog.held(build);
    if (row.state === 'retired') throw new Fenced('the build is retired');
    return row;
  }

  /** On the connection that writes: its pages are warm with what will be written. */
  async #fold<T>(build: Build, work: (documents: Documents, row: BuildRow) => T): Promise<T> {
    this.#assertOpen();
    return whileBusy(PART, BUSY_LIMIT_MILLIS, () => {
      const row = this.#catalog.held(build);
      return work(this.#documentsOf(row), row);
    });
  }

  #documentsOf(row: BuildRow): Documents {
    const kept = this.#documents.get(row.build);
    if (kept !== undefined) return kept;
    const indexes = indexesOf(row);
    const made = new Documents(this.#writer, layoutOf(row.build, indexes));
    this.#documents.set(row.build, made);
    return made;
  }

  async #read<T>(work: () => T): Promise<T> {
    this.#assertOpen();
    return whileBusy(PART, BUSY_LIMIT_MILLIS, work);
  }

  async #write<T>(work: () => T): Promise<T> {
    this.#assertOpen();
    return this.#commit.run(work);
  }

  #assertOpen(): void {
    if (!this.#writer.isOpen) throw new Outage(PART, 'closed');
  }
}

function reach(point: ViewsFaultPoint): void {
  faultPoint(point);
}
