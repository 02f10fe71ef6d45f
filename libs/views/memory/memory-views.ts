import { randomUUID } from 'node:crypto';

import { IntegrityError, Outage, START } from '#kernel';
import type { JsonObject } from '#kernel';

import { BuildReplaced, Fenced } from '../port.js';
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
import { MemoryBuild } from './memory-build.js';

/** What views in memory share that stand for several processes on one store. */
export class MemoryViewsStore {
  readonly builds: MemoryBuild[] = [];
  readonly epochs = new Map<string, number>();
  made = 0;
  ledgerId: string | undefined;
}

/** The views in memory, for tests: they forget everything with their store, and keep all rules. */
export class MemoryViews implements Views {
  readonly #store: MemoryViewsStore;
  #closed = false;

  constructor(store = new MemoryViewsStore()) {
    this.#store = store;
  }

  async live(view: ViewDefinition): Promise<Build> {
    const live = this.#live(view.name) ?? this.#make(view, 'live');
    assertIndexes(live, view);
    return live.build;
  }

  async builds(): Promise<readonly Build[]> {
    this.#assertOpen();
    return this.#store.builds.map(({ build }) => build);
  }

  async begin(view: ViewDefinition): Promise<Build> {
    this.#assertOpen();
    const newest = this.#store.builds.findLast(
      ({ build }) => build.view === view.name && build.state === 'building',
    );
    if (newest?.build.version !== view.version || newest.build.parked !== undefined) {
      return this.#make(view, 'building').build;
    }
    assertIndexes(newest, view);
    return newest.build;
  }

  async prepare(build: Build, epoch: number): Promise<void> {
    this.#forWriting(build, epoch);
  }

  async swap(build: Build, epoch: number): Promise<boolean> {
    const next = this.#forWriting(build, epoch);
    const live = this.#live(build.view);
    if (next === live) return true;
    if (live !== undefined && live.build.checkpoint > next.build.checkpoint) return false;
    if (live !== undefined) live.build = { ...live.build, state: 'retired' };
    next.build = { ...next.build, state: 'live' };
    return true;
  }

  async drop(build: Build, epoch: number): Promise<void> {
    this.#assertEpoch(build.view, epoch);
    const at = this.#store.builds.findIndex((each) => each.build.id === build.id);
    if (at >= 0) this.#store.builds.splice(at, 1);
  }

  async get<Doc extends JsonObject>(
    view: ViewDefinition<Doc>,
    id: string,
  ): Promise<Row<Doc> | undefined> {
    const { doc, position } = this.#forReading(view).standing(id);
    // Written under this version of the definition, so of its type.
    return doc === null ? undefined : { id, doc: doc as Doc, position };
  }

  async find<Doc extends JsonObject>(
    view: ViewDefinition<Doc>,
    filter: Filter,
    page: Page,
    within?: Within,
  ): Promise<readonly Row<Doc>[]> {
    return this.#forReading(view, within).page(view, filter, page) as readonly Row<Doc>[];
  }

  async count(view: ViewDefinition, filter: Filter, within?: Within): Promise<number> {
    return this.#forReading(view, within).matching(view, filter).length;
  }

  async load(build: Build, ids: readonly string[]): Promise<readonly Standing[]> {
    const held = this.#held(build);
    return ids.map((id) => held.standing(id));
  }

  async match(build: Build, view: ViewDefinition, filter: Filter): Promise<readonly string[]> {
    return this.#held(build)
      .matching(view, filter)
      .map(({ id }) => id);
  }

  async write(build: Build, view: ViewDefinition, batch: Batch): Promise<void> {
    const held = this.#forWriting(build, batch.epoch);
    assertIndexes(held, view);
    held.write(batch);
  }

  async park(build: Build, parked: Parked, epoch: number): Promise<void> {
    const held = this.#forWriting(build, epoch);
    held.build = { ...held.build, parked };
  }

  async unpark(view: string): Promise<void> {
    this.#assertOpen();
    for (const held of this.#store.builds) {
      if (held.build.view !== view) continue;
      const { view: name, version, build, id, state, checkpoint } = held.build;
      held.build = { view: name, version, build, id, state, checkpoint };
    }
  }

  async scrub(): Promise<void> {
    this.#assertOpen();
  }

  async ledgerId(): Promise<string | undefined> {
    this.#assertOpen();
    return this.#store.ledgerId;
  }

  async claim(ledgerId: string): Promise<void> {
    this.#assertOpen();
    this.#store.ledgerId ??= ledgerId;
    if (this.#store.ledgerId === ledgerId) return;
    throw new IntegrityError('ledger-id-differs', 'views: the store belongs to another ledger');
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #make(view: ViewDefinition, state: Build['state']): MemoryBuild {
    this.#store.made += 1;
    const { name, version, indexes } = view;
    const build = { view: name, version, build: this.#store.made, id: randomUUID(), state };
    const made = new MemoryBuild({ ...build, checkpoint: START }, JSON.stringify(indexes));
    this.#store.builds.push(made);
    return made;
  }

  #live(view: string): MemoryBuild | undefined {
    this.#assertOpen();
    return this.#store.builds.find(({ build }) => build.view === view && build.state === 'live');
  }

  #forReading(view: ViewDefinition, within?: Within): MemoryBuild {
    const live = this.#live(view.name);
    if (within !== undefined && live?.build.build !== within.build) throw new BuildReplaced();
    if (live?.build.version !== view.version) throw new Outage('views', 'rebuilding');
    assertIndexes(live, view);
    return live;
  }

  #forWriting(build: Build, epoch: number): MemoryBuild {
    this.#assertEpoch(build.view, epoch);
    const held = this.#held(build);
    if (held.build.state === 'retired') throw new Fenced('the build is retired');
    return held;
  }

  #held(build: Build): MemoryBuild {
    this.#assertOpen();
    const held = this.#store.builds.find((each) => each.build.id === build.id);
    if (held === undefined) throw new Fenced('the build is gone');
    return held;
  }

  #assertEpoch(view: string, epoch: number): void {
    this.#assertOpen();
    if (epoch < (this.#store.epochs.get(view) ?? 0)) throw new Fenced('another process has it');
    this.#store.epochs.set(view, epoch);
  }

  #assertOpen(): void {
    if (this.#closed) throw new Outage('views', 'closed');
  }
}

/** Indexes that changed without a new version would ask for what was never stored. */
function assertIndexes(held: MemoryBuild, view: ViewDefinition): void {
  if (held.build.version !== view.version || held.indexes === JSON.stringify(view.indexes)) return;
  throw new IntegrityError('view-version', `${view.name}: indexes changed without a new version`);
}
