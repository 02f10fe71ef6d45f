import { setImmediate as yieldToOthers } from 'node:timers/promises';

import { Outage, faultPoint } from '#kernel';
import type { JsonObject } from '#kernel';
import { claimFor, closeDatabase, ledgerIdOf, type Database } from '#sqlite-file';

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
import { asksForValues } from './filter-sql.js';
import { Queries } from './queries.js';
import { createTables, indexStatements, layoutOf, PART } from './schema.js';
import { clearSome, dropTables } from './teardown.js';
import { Transactions } from './transactions.js';

/** The views in an SQLite file, which several processes may have open. */
export class SqliteViews implements Views {
  readonly #file: string;
  readonly #writer: Database;
  readonly #reader: Database;
  readonly #writing: Transactions;
  readonly #folding: Transactions;
  readonly #reading: Transactions;
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
    this.#writing = new Transactions(writer, 'writing');
    this.#folding = new Transactions(writer, 'reading');
    this.#reading = new Transactions(reader, 'reading');
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
    await this.#makeIndexes(row);
  }

  /** On the disk when it resolves: the search secret of the build before is destroyed after it. */
  async swap(build: Build, epoch: number): Promise<boolean> {
    await this.prepare(build, epoch);
    return this.#writing.runDurably(() => {
      const next = this.#forWriting(build, epoch);
      const live = this.#catalog.live(build.view);
      if (live?.id === next.id) return true;
      if (live !== undefined && live.checkpoint > next.checkpoint) return false;
      if (live !== undefined) this.#catalog.become(live, 'retired');
      this.#catalog.become(next, 'live');
      return true;
    });
  }

  /** In many small transactions, so that nobody waits long; from the first on nobody reads it. */
  async drop(build: Build, epoch: number): Promise<void> {
    const layout = layoutOf(build.build, []);
    for (let left = true; left;) {
      left = await this.#write(() => {
        this.#catalog.enter(build.view, epoch);
        const row = this.#catalog.one(build);
        if (row === undefined) return false;
        if (row.state !== 'retired') this.#catalog.become(row, 'retired');
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
    const row = await this.#read(() => this.#readCatalog.held(build));
    if (asksForValues(node)) await this.#makeIndexes(row);
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
    for (const sql of indexStatements(layout)) this.#writer.exec(sql);
    this.#catalog.markIndexed(row);
    return row;
  }

  async #makeIndexes(row: BuildRow): Promise<void> {
    if (row.indexed === 1) return;
    const statements = indexStatements(layoutOf(row.build, indexesOf(row)));
    await runApart(this.#writer, this.#file, statements);
    await this.#write(() => {
      this.#catalog.markIndexed(row);
    });
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
    return this.#folding.run(() => {
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
    return this.#reading.run(work);
  }

  async #write<T>(work: () => T): Promise<T> {
    this.#assertOpen();
    return this.#writing.run(work);
  }

  #assertOpen(): void {
    if (!this.#writer.isOpen) throw new Outage(PART, 'closed');
  }
}

function reach(point: ViewsFaultPoint): void {
  faultPoint(point);
}
