import { faultPoint, type JsonObject } from '#kernel';
import { claimStore, INDEXING, metaOf, type MongoStore } from '#mongo-store';

import type { ViewsFaultPoint } from '../fault-points.js';
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
import { assertIndexes, buildOf, Catalog } from './catalog.js';
import { Documents } from './documents.js';
import { Fences } from './fences.js';
import { filterOf } from './filters.js';
import { indexSpecs } from './indexes.js';
import { Queries } from './queries.js';
import { DOCUMENTS, documentsOf, FORMAT, type BuildRow } from './schema.js';

/** The views in a MongoDB database, which many processes may have open. */
export class MongoViews implements Views {
  readonly #store: MongoStore;
  readonly #catalog: Catalog;
  readonly #queries: Queries;
  readonly #fences: Fences;

  /** @param store which it will close */
  constructor(store: MongoStore) {
    this.#store = store;
    this.#catalog = new Catalog(store);
    this.#queries = new Queries(store, this.#catalog);
    this.#fences = new Fences(store, this.#catalog);
  }

  async live(view: ViewDefinition): Promise<Build> {
    for (;;) {
      const seen = await this.#catalog.view(view.name);
      const row =
        seen.builds.find(({ state }) => state === 'live') ??
        (await this.#catalog.add(seen, view, 'live'));
      if (row === undefined) continue;
      assertIndexes(row, view);
      const build = buildOf(view.name, row);
      await this.#makeIndexes(build, row);
      return build;
    }
  }

  builds(): Promise<readonly Build[]> {
    return this.#catalog.all();
  }

  async begin(view: ViewDefinition): Promise<Build> {
    for (;;) {
      const seen = await this.#catalog.view(view.name);
      const newest = seen.builds.findLast(({ state }) => state === 'building');
      const goesOn = newest?.version === view.version && newest.parked === undefined;
      const row = goesOn ? newest : await this.#catalog.add(seen, view, 'building');
      if (row === undefined) continue;
      assertIndexes(row, view);
      return buildOf(view.name, row);
    }
  }

  /** The indexes, where they are not there yet. */
  async prepare(build: Build, epoch: number): Promise<void> {
    await this.#makeIndexes(build, await this.#catalog.forWriting(build, epoch));
  }

  async swap(build: Build, epoch: number): Promise<boolean> {
    await this.prepare(build, epoch);
    for (;;) {
      const next = await this.#catalog.forWriting(build, epoch);
      if (next.state === 'live') return true;
      const live = await this.#catalog.live(build.view);
      if (live !== undefined && live.checkpoint > next.checkpoint) return false;
      if (await this.#catalog.swap(build.view, epoch, next, live)) return true;
    }
  }

  async drop(build: Build, epoch: number): Promise<void> {
    await this.#catalog.enter(build.view, epoch);
    await this.#catalog.retire(build, epoch);
    await this.#store.patiently((db) => db.dropCollection(documentsOf(build.build)));
    await this.#catalog.remove(build);
    this.#fences.forget(build);
  }

  get<Doc extends JsonObject>(
    view: ViewDefinition<Doc>,
    id: string,
  ): Promise<Row<Doc> | undefined> {
    // Written under this version of the definition, so of its type.
    return this.#queries.get(view, id) as Promise<Row<Doc> | undefined>;
  }

  find<Doc extends JsonObject>(
    view: ViewDefinition<Doc>,
    filter: Filter,
    page: Page,
    within?: Within,
  ): Promise<readonly Row<Doc>[]> {
    return this.#queries.find(view, filter, page, within) as Promise<readonly Row<Doc>[]>;
  }

  count(view: ViewDefinition, filter: Filter, within?: Within): Promise<number> {
    return this.#queries.count(view, filter, within);
  }

  async load(build: Build, ids: readonly string[]): Promise<readonly Standing[]> {
    await this.#catalog.held(build);
    if (ids.length === 0) return [];
    return this.#onDocuments(build, (documents) => documents.load(ids));
  }

  async match(build: Build, view: ViewDefinition, filter: Filter): Promise<readonly string[]> {
    const matching = filterOf(view.indexes, filter);
    await this.#makeIndexes(build, await this.#catalog.held(build));
    return this.#onDocuments(build, (documents) => documents.match(matching));
  }

  async write(build: Build, view: ViewDefinition, batch: Batch): Promise<void> {
    const { changes, checkpoint, epoch } = batch;
    assertIndexes(await this.#catalog.forWriting(build, epoch), view);
    await this.#fences.raise(build, epoch);
    await this.#onDocuments(build, (documents) => documents.write(changes, epoch));
    // Where nothing was written a crash here would try out nothing.
    if (changes.length > 0) reach('projection.before-checkpoint');
    await this.#catalog.advance(build, checkpoint, epoch);
  }

  async park(build: Build, parked: Parked, epoch: number): Promise<void> {
    await this.#catalog.forWriting(build, epoch);
    await this.#catalog.park(build, parked, epoch);
  }

  unpark(view: string): Promise<void> {
    return this.#catalog.unpark(view);
  }

  /**
   * Clears away collections of builds that are gone, which a writer may have made anew by coming too
   * late. What was overwritten or deleted lives on in MongoDB's journal, oplog and free pages, and
   * cannot be scrubbed from there: envelopes and tokens in it open and match nothing once their keys
   * are destroyed.
   */
  async scrub(): Promise<void> {
    reach('views.before-scrub');
    // Listed first: a build is in the catalog before its collection is made.
    const names = await this.#store.run((db) =>
      db.listCollections({}, { nameOnly: true }).toArray(),
    );
    const known = new Set((await this.#catalog.all()).map(({ build }) => documentsOf(build)));
    const left = names.filter(({ name }) => DOCUMENTS.test(name) && !known.has(name));
    for (const { name } of left) await this.#store.patiently((db) => db.dropCollection(name));
    reach('views.after-scrub');
  }

  async ledgerId(): Promise<string | undefined> {
    return (await metaOf(this.#store))?.ledger;
  }

  claim(ledgerId: string): Promise<void> {
    return claimStore(this.#store, { format: FORMAT, ledger: ledgerId });
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  /** Beside those who read and write. */
  async #makeIndexes(build: Build, { indexed, indexes }: BuildRow): Promise<void> {
    if (indexed) return;
    const specs = indexSpecs(indexes);
    if (specs.length > 0) {
      await this.#store.patiently((db) =>
        db.collection(documentsOf(build.build)).createIndexes(specs, INDEXING),
      );
    }
    await this.#catalog.markIndexed(build);
  }

  #onDocuments<T>(build: Build, work: (documents: Documents) => Promise<T>): Promise<T> {
    return this.#store.run((db) => work(new Documents(db.collection(documentsOf(build.build)))));
  }
}

function reach(point: ViewsFaultPoint): void {
  faultPoint(point);
}
