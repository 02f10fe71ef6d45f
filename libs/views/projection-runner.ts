import { IntegrityError, InvalidInput, Outage, START } from '#kernel';
import type { Clock, Position, RecordedEvent } from '#kernel';

import { checkDefinition } from './definition.js';
import type { ReadableLog } from './log-pages.js';
import { openNothing, type OpenEnvelopes } from './opening.js';
import { Fenced } from './port.js';
import type { Build, ViewDefinition, Views } from './port.js';
import { PROJECTOR_DEFAULTS } from './projector.js';
import type { ProjectionPorts, ProjectorSettings, ProjectorStatus } from './projector.js';
import { Pulse } from './pulse.js';
import { codeOf } from './reasons.js';
import { searchSecretName, type SearchSecrets } from './tokens.js';
import { ViewRunner } from './view-runner.js';

export interface RunnerSettings extends ProjectorSettings {
  /** How often to look for what other processes have done: rebuilds asked for, checkpoints. 200 ms. */
  readonly pollMillis: number;
  /** A view that is empty beside a log of so many events is filled as in a rebuild. Default 5,000. */
  readonly bulkEvents: number;
  /** How long a swap waits for the new build to come up to the live one. Default 10 s. */
  readonly swapMillis: number;
}

export interface RunnerOptions {
  readonly log: ReadableLog;
  readonly views: Views;
  readonly clock: Clock;
  /** All views there are: builds of views that are not among them are cleared away. */
  readonly definitions: readonly ViewDefinition[];
  /** Needed where a view opens envelopes. */
  readonly open?: OpenEnvelopes;
  /** Needed where a view makes search tokens. */
  readonly secrets?: SearchSecrets;
  readonly lift?: (event: RecordedEvent) => RecordedEvent;
  readonly settings?: Partial<RunnerSettings>;
  /** Called when another process has taken over: this one has stopped projecting by itself. */
  readonly onFenced?: () => void;
}

/** A build as the store has it, and what this process is doing with it. */
export interface BuildStatus {
  readonly build: Build;
  /** Whether the build is of the version that this program has. */
  readonly current: boolean;
  /** Whether all events known are folded in. */
  readonly caughtUp: boolean;
  /** Where it is projected by this process. */
  readonly projector?: ProjectorStatus;
}

const SETTINGS: RunnerSettings = {
  ...PROJECTOR_DEFAULTS,
  pollMillis: 200,
  bulkEvents: 5_000,
  swapMillis: 10_000,
};

/**
 * All views of a process. Every process has one to wait for positions and to tell how views are; the
 * one that holds the lease starts it, and then it projects.
 */
export class ProjectionRunner {
  readonly #options: RunnerOptions;
  readonly #settings: RunnerSettings;
  readonly #definitions: ReadonlyMap<string, ViewDefinition>;
  readonly #moved = new Pulse();
  readonly #problems = new Map<string, string>();
  #runners: ReadonlyMap<string, ViewRunner> = new Map();
  #abort: AbortController | undefined;
  #loop: Promise<void> = Promise.resolve();

  /** @throws InvalidInput for a definition that stores cannot take */
  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#settings = { ...SETTINGS, ...options.settings };
    options.definitions.forEach(checkDefinition);
    this.#definitions = new Map(options.definitions.map((view) => [view.name, view]));
    if (this.#definitions.size !== options.definitions.length) {
      throw new InvalidInput('definitions', 'view-name', 'must have different names');
    }
    for (const view of options.definitions) this.#assertServed(view);
  }

  /** Whether this process projects. */
  get projecting(): boolean {
    return this.#abort !== undefined;
  }

  /**
   * What keeps a view from being projected, besides what its builds tell: a short code by the
   * view's name.
   */
  get problems(): ReadonlyMap<string, string> {
    return this.#problems;
  }

  /** Begins to project, under a lease of the given epoch, until {@link stop}. */
  start(epoch: number): void {
    if (this.#abort !== undefined) return;
    const abort = new AbortController();
    this.#abort = abort;
    const onFenced = () => {
      if (abort.signal.aborted) return;
      abort.abort();
      this.#options.onFenced?.();
    };
    const wake = () => {
      this.#moved.fire();
    };
    const ports = this.#ports();
    this.#runners = new Map(
      [...this.#definitions].map(([name, view]) => {
        const { swapMillis, bulkEvents } = this.#settings;
        const limits = { swapMillis, bulkEvents, settings: this.#settings };
        const own = { view, epoch, ...limits, signal: abort.signal };
        return [name, new ViewRunner({ ...ports, ...own, onFenced, onChange: wake })];
      }),
    );
    this.#loop = this.#run(epoch, abort.signal, onFenced);
  }

  /** Stops projecting; what was folded and not written is folded again by whoever comes next. */
  async stop(): Promise<void> {
    this.#abort?.abort();
    this.#moved.fire();
    await this.#loop;
  }

  /**
   * Begins to rebuild a view beside its live build, here or in the process that projects.
   * @throws InvalidInput for a view that does not exist
   */
  async rebuild(name: string): Promise<Build> {
    const begun = await this.#options.views.begin(this.#definition(name));
    this.#moved.fire();
    return begun;
  }

  /** Lets a parked view go on. @throws InvalidInput for a view that does not exist */
  async retry(name: string): Promise<void> {
    await this.#options.views.unpark(this.#definition(name).name);
    this.#runners.get(name)?.retry();
  }

  /**
   * Waits until queries of a view see all events up to a position.
   * @returns false where that took longer, or the view is parked before it
   */
  async waitFor(name: string, position: Position, timeoutMillis: number): Promise<boolean> {
    const view = this.#definition(name);
    let passed = false;
    const decided = async () => {
      const at = this.#runners.get(name)?.live ?? (await this.#stored(view));
      passed = at.checkpoint >= position;
      return passed || at.parked !== undefined;
    };
    await this.#moved.until(decided, timeoutMillis, this.#settings.pollMillis);
    return passed;
  }

  /**
   * Waits until all builds of all views are past a position, those under way too, and nothing older
   * is left to be cleared away. @returns false where that took longer
   */
  waitForAll(position: Position, timeoutMillis: number): Promise<boolean> {
    const passed = async () => {
      const builds = await this.#options.views.builds();
      const live = new Set(builds.filter((b) => b.state === 'live').map((b) => b.view));
      const complete = [...this.#definitions.keys()].every((name) => live.has(name));
      return complete && builds.every(({ checkpoint }) => checkpoint >= position);
    };
    return this.#moved.until(passed, timeoutMillis, this.#settings.pollMillis);
  }

  /** All builds in the store, with what this process knows of them. */
  async statuses(): Promise<readonly BuildStatus[]> {
    const builds = await this.#options.views.builds();
    const head = await this.#options.log.head();
    return builds.map((build) => {
      const projector = this.#runners.get(build.view)?.statuses().get(build.id);
      return {
        build,
        current: this.#definitions.get(build.view)?.version === build.version,
        caughtUp: build.checkpoint >= head,
        ...(projector === undefined ? {} : { projector }),
      };
    });
  }

  async #run(epoch: number, signal: AbortSignal, onFenced: () => void): Promise<void> {
    while (!signal.aborted) {
      await this.#attempt('', () => this.#clearUndeclared(epoch), onFenced);
      const each = [...this.#runners].map(([name, runner]) =>
        this.#attempt(name, () => runner.reconcile(), onFenced),
      );
      await Promise.all(each);
      await this.#moved.next(this.#settings.pollMillis, signal);
    }
    await Promise.all([...this.#runners.values()].map((runner) => runner.stop()));
    this.#runners = new Map();
    this.#problems.clear();
    this.#abort = undefined;
  }

  /** One view that fails does not keep the others from going on. */
  async #attempt(name: string, work: () => Promise<void>, onFenced: () => void): Promise<void> {
    try {
      await work();
      this.#problems.delete(name);
    } catch (error) {
      if (error instanceof Fenced) onFenced();
      else this.#problems.set(name, error instanceof Outage ? error.message : codeOf(error));
    }
  }

  /** A view that the program does not have any more would keep what it holds for ever. */
  async #clearUndeclared(epoch: number): Promise<void> {
    for (const build of await this.#options.views.builds()) {
      if (this.#definitions.has(build.view)) continue;
      await this.#options.secrets?.destroySecret(searchSecretName(build));
      await this.#options.views.drop(build, epoch);
    }
  }

  /** The live build of this program's version, as the store has it. */
  async #stored(view: ViewDefinition): Promise<Pick<Build, 'checkpoint' | 'parked'>> {
    const builds = await this.#options.views.builds();
    const live = builds.find((build) => build.view === view.name && build.state === 'live');
    return live?.version === view.version ? live : { checkpoint: START };
  }

  #assertServed(view: ViewDefinition): void {
    const { open, secrets } = this.#options;
    const opens = 'opens' in view && open === undefined;
    const tokens = view.tokens !== undefined && secrets === undefined;
    if (!opens && !tokens) return;
    throw new InvalidInput('definitions', 'view-ports', `must be served: ${view.name}`);
  }

  #definition(name: string): ViewDefinition {
    const view = this.#definitions.get(name);
    if (view === undefined) throw new InvalidInput('view', 'view-unknown', 'is no view');
    return view;
  }

  #ports(): ProjectionPorts {
    const { log, views, clock, open, secrets, lift } = this.#options;
    return {
      log,
      views,
      clock,
      open: open ?? openNothing,
      secrets: secrets ?? NO_SECRETS,
      lift: lift ?? ((event) => event),
    };
  }
}

/** Where no view makes tokens there is nothing to be destroyed either. */
const NO_SECRETS: SearchSecrets = {
  secret: () => Promise.reject(new IntegrityError('no-secrets', 'no search tokens are made here')),
  destroySecret: () => Promise.resolve(),
};
