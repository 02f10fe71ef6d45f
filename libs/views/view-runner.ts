import { START, faultPoint } from '#kernel';

import type { ViewsFaultPoint } from './fault-points.js';
import type { Build, ViewDefinition } from './port.js';
import {
  Projector,
  type ProjectionPorts,
  type ProjectorState,
  type ProjectorSettings,
  type ProjectorStatus,
} from './projector.js';
import { Pulse } from './pulse.js';
import { searchSecretName } from './tokens.js';

export interface ViewRunnerOptions extends ProjectionPorts {
  readonly view: ViewDefinition;
  readonly epoch: number;
  readonly settings: ProjectorSettings;
  /** How long a swap waits for the new build to come up to the live one, which stands meanwhile. */
  readonly swapMillis: number;
  /** A log of so many events is not folded into an empty live build, but into one beside it. */
  readonly bulkEvents: number;
  /** Nothing is begun after it has aborted. */
  readonly signal: AbortSignal;
  /** Called when something has moved that waiting queries may care for. */
  readonly onMoved: () => void;
  /** Called when there may be something for the next reconciling. */
  readonly onTurned: () => void;
  /** Called once when another process has taken over. */
  readonly onFenced: () => void;
}

/** A projector at work on a build. */
interface Running {
  readonly build: Build;
  readonly projector: Projector;
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

/**
 * Runs the builds of one view: the live one, and one beside it where the view is being rebuilt. What
 * there is to do stands in the store, so an interrupted rebuild goes on, and a rebuild begun by
 * another process is taken up.
 */
export class ViewRunner {
  readonly #options: ViewRunnerOptions;
  readonly #running = new Map<string, Running>();
  readonly #moved = new Pulse();
  #live: string | undefined;

  constructor(options: ViewRunnerOptions) {
    this.#options = options;
    const wake = () => {
      this.#moved.fire();
    };
    options.signal.addEventListener('abort', wake, { once: true });
  }

  /** What the live build is at, if it is being projected here. */
  get live(): ProjectorStatus | undefined {
    return this.#live === undefined ? undefined : this.#running.get(this.#live)?.projector.status();
  }

  /** Id of the live build, as it was seen last. */
  get liveId(): string | undefined {
    return this.#live;
  }

  /** What the projectors of this view are at, by the id of their build. */
  statuses(): ReadonlyMap<string, ProjectorStatus> {
    return new Map([...this.#running].map(([id, { projector }]) => [id, projector.status()]));
  }

  /** Goes on at once where a view was parked or waited. */
  retry(): void {
    for (const { projector } of this.#running.values()) projector.retry();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((id) => this.#halt(id)));
  }

  /**
   * Makes what runs agree with what the store says. Called again and again; each call may do one
   * step of many.
   * @param builds all that the store has of this view
   * @throws Outage, Fenced
   */
  async reconcile(builds: readonly Build[]): Promise<void> {
    const { view } = this.#options;
    const live = await this.#liveBuild(builds.find(({ state }) => state === 'live'));
    const others = builds.filter(({ id }) => id !== live.id);
    const building = await this.#chooseBuilding(live, others);
    for (const other of others) if (other.id !== building?.id) await this.#clearAway(other);
    // An empty live build has nothing to keep up while the other one is filled.
    const kept = building === undefined || live.checkpoint !== START;
    if (live.version === view.version && kept) this.#run(live);
    if (building === undefined) return;
    this.#run(building);
    if (this.#isCaughtUp(building)) await this.#swap(live, building);
  }

  /** The live build. One that is ahead of the log holds what never happened, and is begun anew. */
  async #liveBuild(seen: Build | undefined): Promise<Build> {
    const { view, views } = this.#options;
    // The first time the store is asked, since it also looks whether the definition fits.
    const live = (this.#live === undefined ? undefined : seen) ?? (await views.live(view));
    this.#live = live.id;
    if (!(await this.#isAheadOfLog(live))) return live;
    await this.#clearAway(live);
    const fresh = await views.live(view);
    this.#live = fresh.id;
    return fresh;
  }

  /** The log may only be shorter than a checkpoint after it was put back from a backup. */
  async #isAheadOfLog(build: Build): Promise<boolean> {
    if (build.checkpoint === START || this.#running.has(build.id)) return false;
    return build.checkpoint > (await this.#options.log.head());
  }

  /** The newest build under way that this program can go on with; begins one if it must. */
  async #chooseBuilding(live: Build, others: readonly Build[]): Promise<Build | undefined> {
    const { view, views } = this.#options;
    const fitting = others.filter((b) => b.state === 'building' && b.version === view.version);
    const newest = fitting.at(-1);
    if (newest !== undefined && !(await this.#isAheadOfLog(newest))) return newest;
    if (live.version === view.version && !(await this.#isBulk(live))) return undefined;
    const begun = await views.begin(view);
    reach('rebuild.after-begin');
    return begun;
  }

  /** Filling a build that nobody asks yet is faster, and nobody is given half of it. */
  async #isBulk(live: Build): Promise<boolean> {
    const { log, bulkEvents } = this.#options;
    if (live.checkpoint !== START || this.#running.has(live.id)) return false;
    return log.holds(bulkEvents);
  }

  #run(build: Build): void {
    const { view, epoch, settings, signal } = this.#options;
    if (signal.aborted || this.#running.has(build.id)) return;
    let seen: ProjectorState | undefined;
    const onChange = () => {
      this.#moved.fire();
      this.#options.onMoved();
      const { state } = projector;
      if (state !== seen) this.#options.onTurned();
      seen = state;
    };
    const projector: Projector = new Projector({
      ...this.#options,
      view,
      build,
      epoch,
      settings,
      onChange,
    });
    const abort = new AbortController();
    const done = projector
      .run(abort.signal)
      .then((end) => {
        if (end === 'fenced') this.#options.onFenced();
      })
      .finally(() => this.#running.delete(build.id));
    this.#running.set(build.id, { build, projector, abort, done });
  }

  async #halt(id: string): Promise<void> {
    const running = this.#running.get(id);
    if (running === undefined) return;
    running.abort.abort();
    await running.done;
  }

  #isCaughtUp(build: Build): boolean {
    return this.#running.get(build.id)?.projector.state === 'following';
  }

  /**
   * The live build stands still while the new one comes up to it, so that no reader sees time run
   * backwards; if that takes too long, the live one goes on and it is tried again.
   */
  async #swap(live: Build, building: Build): Promise<void> {
    const { view, views, epoch, swapMillis, signal } = this.#options;
    await views.prepare(building, epoch);
    await this.#halt(live.id);
    const standing = (await views.live(view)).checkpoint;
    const cameUp = () =>
      (this.#running.get(building.id)?.projector.checkpoint ?? START) >= standing;
    await this.#moved.until(() => signal.aborted || cameUp(), swapMillis, swapMillis);
    if (signal.aborted || !cameUp()) return;
    reach('rebuild.before-swap');
    if (!(await views.swap(building, epoch))) return;
    reach('rebuild.after-swap');
    this.#live = building.id;
    this.#options.onMoved();
    await this.#clearAway({ ...live, state: 'retired' });
  }

  /** The secret first: as long as the build is there, a crash in between is made good. */
  async #clearAway(build: Build): Promise<void> {
    const { secrets, views, epoch } = this.#options;
    await this.#halt(build.id);
    await secrets.destroySecret(searchSecretName(build));
    reach('rebuild.after-secret-destroyed');
    await views.drop(build, epoch);
    reach('rebuild.after-drop');
  }
}

function reach(point: ViewsFaultPoint): void {
  faultPoint(point);
}
