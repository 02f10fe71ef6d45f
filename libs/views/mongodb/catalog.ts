import { randomUUID } from 'node:crypto';

import type { Collection, Document, Filter as MongoFilter, UpdateFilter } from 'mongodb';

import { IntegrityError, Outage, START, type Position } from '#kernel';
import { onceMoreIfDuplicate, type MongoStore } from '#mongo-store';

import { Fenced, type Build, type Parked, type ViewDefinition } from '../port.js';
import { PART, ROWS, type BuildRow, type CounterRow, type ViewRow } from './schema.js';

const OVERTAKEN = 'another process projects it';

/** The builds of all views. Each change is one update of one view's document. */
export class Catalog {
  readonly #views: Collection<ViewRow>;
  readonly #counters: Collection<CounterRow>;

  constructor(private readonly store: MongoStore) {
    this.#views = store.db.collection(ROWS.views);
    this.#counters = store.db.collection(ROWS.counters);
  }

  async all(): Promise<readonly Build[]> {
    const views = await this.store.run(() => this.#views.find().toArray());
    const builds = views.flatMap((view) => view.builds.map((row) => buildOf(view._id, row)));
    return builds.sort((a, b) => a.build - b.build);
  }

  /** A view; makes it where there is none. */
  async view(name: string): Promise<ViewRow> {
    const found = await this.store.run(() => this.#views.findOne({ _id: name }));
    if (found !== null) return found;
    const made = await this.store.run(() =>
      onceMoreIfDuplicate(() =>
        this.#views.findOneAndUpdate(
          { _id: name },
          { $setOnInsert: { epoch: 0, newest: 0, builds: [] } },
          { upsert: true, returnDocument: 'after' },
        ),
      ),
    );
    if (made === null) throw new Outage(PART, 'view-not-made');
    return made;
  }

  async live(name: string): Promise<BuildRow | undefined> {
    const view = await this.store.run(() => this.#views.findOne({ _id: name }));
    return view?.builds.find(({ state }) => state === 'live');
  }

  /** A build that is there. @throws Fenced */
  async held({ view, id }: Build): Promise<BuildRow> {
    const found = await this.store.run(() => this.#views.findOne({ _id: view }));
    const row = found?.builds.find((each) => each.id === id);
    if (row === undefined) throw new Fenced('the build is gone');
    return row;
  }

  /** Adds a build, if none was added since the view was read and it still has no live one to add. */
  async add(
    seen: ViewRow,
    view: ViewDefinition,
    state: 'live' | 'building',
  ): Promise<BuildRow | undefined> {
    const row: BuildRow = {
      build: await this.#nextNumber(),
      id: randomUUID(),
      version: view.version,
      indexes: view.indexes,
      state,
      checkpoint: START,
      indexed: false,
    };
    const unless = state === 'live' ? { builds: { $not: { $elemMatch: { state } } } } : {};
    const added = await this.#change(
      { _id: view.name, newest: seen.newest, ...unless },
      { $set: { newest: row.build }, $push: { builds: row } },
    );
    return added ? row : undefined;
  }

  /** Notes an epoch under which a view is written. @throws Fenced where a later one was seen */
  async enter(name: string, epoch: number): Promise<ViewRow> {
    const view = await this.view(name);
    if (view.epoch === epoch) return view;
    const entered = await this.store.run(() =>
      this.#views.findOneAndUpdate(
        { _id: name, epoch: { $lte: epoch } },
        { $set: { epoch } },
        { returnDocument: 'after' },
      ),
    );
    if (entered === null) throw new Fenced(OVERTAKEN);
    return entered;
  }

  /** Enters to write to a build. @throws Fenced also where it is gone or retired */
  async forWriting({ view, id }: Build, epoch: number): Promise<BuildRow> {
    const { builds } = await this.enter(view, epoch);
    const row = builds.find((each) => each.id === id);
    if (row === undefined) throw new Fenced('the build is gone');
    if (row.state === 'retired') throw new Fenced('the build is retired');
    return row;
  }

  /** @throws Fenced */
  async advance(build: Build, checkpoint: Position, epoch: number): Promise<void> {
    await this.#changeBuild(build, epoch, { $max: { 'builds.$.checkpoint': checkpoint } });
  }

  /** @throws Fenced */
  async park(build: Build, parked: Parked, epoch: number): Promise<void> {
    await this.#changeBuild(build, epoch, { $set: { 'builds.$.parked': parked } });
  }

  async unpark(name: string): Promise<void> {
    await this.#change({ _id: name }, { $unset: { 'builds.$[].parked': '' } });
  }

  async markIndexed({ view, id }: Build): Promise<void> {
    await this.#change({ _id: view, 'builds.id': id }, { $set: { 'builds.$.indexed': true } });
  }

  /** False where either has moved since it was read. */
  async swap(
    name: string,
    epoch: number,
    next: BuildRow,
    live: BuildRow | undefined,
  ): Promise<boolean> {
    const standing = [next, ...(live === undefined ? [] : [live])].map(
      ({ id, state, checkpoint }) => ({ builds: { $elemMatch: { id, state, checkpoint } } }),
    );
    const oneLive = { builds: { $not: { $elemMatch: { state: 'live', id: { $ne: live?.id } } } } };
    return this.#change(
      { _id: name, epoch, $and: [...standing, oneLive] },
      { $set: { 'builds.$[next].state': 'live', 'builds.$[live].state': 'retired' } },
      [{ 'next.id': next.id }, { 'live.id': live?.id ?? '' }],
    );
  }

  async retire({ view, id }: Build, epoch: number): Promise<void> {
    await this.#change(
      { _id: view, epoch, 'builds.id': id },
      { $set: { 'builds.$.state': 'retired' } },
    );
  }

  async remove({ view, id }: Build): Promise<void> {
    await this.#change({ _id: view }, { $pull: { builds: { id } } });
  }

  async #changeBuild({ view, id }: Build, epoch: number, update: Document): Promise<void> {
    const alive = { id, state: { $ne: 'retired' as const } };
    const changed = await this.#change({ _id: view, epoch, builds: { $elemMatch: alive } }, update);
    if (!changed) throw new Fenced(OVERTAKEN);
  }

  /** Whether the view was as the filter says; an update may leave it as it is. */
  async #change(
    filter: MongoFilter<ViewRow>,
    update: UpdateFilter<ViewRow>,
    arrayFilters?: Document[],
  ): Promise<boolean> {
    const options = arrayFilters === undefined ? {} : { arrayFilters };
    const { matchedCount } = await this.store.run(() =>
      this.#views.updateOne(filter, update, options),
    );
    return matchedCount === 1;
  }

  /** Never the same again: the collection of a build that is gone must not be another's. */
  async #nextNumber(): Promise<number> {
    const counter = await this.store.run(() =>
      onceMoreIfDuplicate(() =>
        this.#counters.findOneAndUpdate(
          { _id: 'build' },
          { $inc: { value: 1 } },
          { upsert: true, returnDocument: 'after' },
        ),
      ),
    );
    if (counter === null) throw new Outage(PART, 'no-build-number');
    return counter.value;
  }
}

export function buildOf(view: string, row: BuildRow): Build {
  const { version, build, id, state, checkpoint, parked } = row;
  const plain = { view, version, build, id, state, checkpoint };
  return parked === undefined ? plain : { ...plain, parked };
}

/** Indexes that changed without a new version would ask for what was never made. */
export function assertIndexes({ version, indexes }: BuildRow, view: ViewDefinition): void {
  if (version !== view.version || JSON.stringify(indexes) === JSON.stringify(view.indexes)) return;
  throw new IntegrityError('view-version', `${view.name}: indexes changed without a new version`);
}
