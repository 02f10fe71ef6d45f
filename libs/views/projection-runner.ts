import { IntegrityError, InvalidInput, Outage } from '#kernel';
import type { Clock, Position } from '#kernel';

import type { Lift, ReadableLog } from './log-pages.js';
import { LogReader } from './log-reader.js';
import { openNothing, type OpenEnvelopes } from './opening.js';
import { Fenced } from './port.js';
import type { Build, ViewDefinition, Views } from './port.js';
import type { BuildStatus, Projections } from './projections.js';
import { PROJECTOR_DEFAULTS } from './projector.js';
import type { ProjectionPorts, ProjectorSettings, ProjectorStatus } from './projector.js';
import { Pulse } from './pulse.js';
import { codeOf } from './reasons.js';
import { searchSecretName, type SearchSecrets } from './tokens.js';
import { ViewRunner } from './view-runner.js';
import { ViewsWatch } from './views-watch.js';

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
  readonly lift?: Lift;
  readonly settings?: Partial<RunnerSettings>;
  /** Called when another process has taken over: this one has stopped projecting by itself. */
  readonly onFenced?: () => void;
  /** Called when a view has moved, or something about its builds. */
  readonly onMoved?: () => void;
}

export const RUNNER_DEFAULTS: RunnerSettings = {
  ...PROJECTOR_DEFAULTS,
  pollMillis: 200,
  bulkEvents: 5_000,
  swapMillis: 10_000,
};

/** What the projectors of a view say: which build is the live one, and how each is, by its id. */
export interface ViewReport {
  readonly live: string | undefined;
  readonly builds: ReadonlyMap<string, ProjectorStatus>;
}

/** Projects on the thread that it was made on. */
export class ProjectionRunner implements Projections {
  readonly #options: RunnerOptions;
  readonly #settings: RunnerSettings;
  readonly #watch: ViewsWatch;
  readonly #problems = new Map<string, string>();
  /** Fired when there may be something to be begun, ended or swapped. */
  readonly #turned = new Pulse();
  #runners: ReadonlyMap<string, ViewRunner> = new Map();
  #abort: AbortController | undefined;
  #loop: Promise<void> = Promise.resolve();

  /** @throws InvalidInput for a definition that stores cannot take */
  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#settings = { ...RUNNER_DEFAULTS, ...options.settings };
    const { pollMillis } = this.#settings;
    this.#watch = new ViewsWatch({
      ...options,
      pollMillis,
      atWork: {
        live: (view) => this.#runners.get(view)?.live,
        of: ({ view, id }) => this.#runners.get(view)?.statuses().get(id),
      },
    });
    for (const view of options.definitions) this.#assertServed(view);
  }

  get projecting(): boolean {
    return this.#abort !== undefined;
  }

  get problems(): ReadonlyMap<string, string> {
    return this.#problems;
  }

  prepare(): void {
    // Everything is there already.
  }

  start(epoch: number): void {
    if (this.#abort !== undefined) return;
    const abort = new AbortController();
    this.#abort = abort;
    const onFenced = () => {
      if (abort.signal.aborted) return;
      abort.abort();
      this.#options.onFenced?.();
    };
    const ports = this.#ports();
    const { swapMillis, bulkEvents } = this.#settings;
    const shared = {
      ...ports,
      epoch,
      swapMillis,
      bulkEvents,
      settings: this.#settings,
      signal: abort.signal,
      onFenced,
      onMoved: () => {
        this.#moved();
      },
      onTurned: () => {
        this.look();
      },
    };
    this.#runners = new Map(
      this.#options.definitions.map((view) => [view.name, new ViewRunner({ ...shared, view })]),
    );
    this.#loop = this.#run(epoch, abort.signal, onFenced);
  }

  async stop(): Promise<void> {
    this.#abort?.abort();
    this.look();
    await this.#loop;
  }

  close(): Promise<void> {
    return this.stop();
  }

  /** Looks at once for what others have asked for. */
  look(): void {
    this.#turned.fire();
  }

  async rebuild(name: string): Promise<Build> {
    const begun = await this.#watch.rebuild(name);
    this.look();
    return begun;
  }

  async retry(name: string): Promise<void> {
    await this.#watch.unpark(name);
    this.goOn(name);
  }

  /** Looks at once whether a parked view, or one that waits, may go on. */
  goOn(name: string): void {
    this.#runners.get(name)?.retry();
  }

  waitFor(name: string, position: Position, timeoutMillis: number): Promise<boolean> {
    return this.#watch.waitFor(name, position, timeoutMillis);
  }

  waitForAll(position: Position, timeoutMillis: number): Promise<boolean> {
    return this.#watch.waitForAll(position, timeoutMillis);
  }

  statuses(): Promise<readonly BuildStatus[]> {
    return this.#watch.statuses();
  }

  /** What the projectors say, by view: plain data. */
  report(): ReadonlyMap<string, ViewReport> {
    return new Map(
      [...this.#runners].map(([name, runner]) => [
        name,
        { live: runner.liveId, builds: runner.statuses() },
      ]),
    );
  }

  #moved(): void {
    this.#watch.moved.fire();
    this.#options.onMoved?.();
  }

  async #run(epoch: number, signal: AbortSignal, onFenced: () => void): Promise<void> {
    while (!signal.aborted) {
      const next = this.#turned.next(this.#settings.pollMillis, signal);
      await this.#reconcile(epoch, onFenced);
      await next;
    }
    await Promise.all([...this.#runners.values()].map((runner) => runner.stop()));
    this.#runners = new Map();
    this.#problems.clear();
    this.#abort = undefined;
    this.#moved();
  }

  async #reconcile(epoch: number, onFenced: () => void): Promise<void> {
    await this.#attempt('', onFenced, async () => {
      const builds = await this.#options.views.builds();
      await this.#clearUndeclared(builds, epoch);
      const each = [...this.#runners].map(([name, runner]) => {
        const own = builds.filter(({ view }) => view === name);
        return this.#attempt(name, onFenced, () => runner.reconcile(own));
      });
      await Promise.all(each);
    });
  }

  /** One view that fails does not keep the others from going on. */
  async #attempt(name: string, onFenced: () => void, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#problems.delete(name);
    } catch (error) {
      if (error instanceof Fenced) onFenced();
      else this.#note(name, error instanceof Outage ? error.message : codeOf(error));
    }
  }

  #note(name: string, problem: string): void {
    if (this.#problems.get(name) === problem) return;
    this.#problems.set(name, problem);
    this.#moved();
  }

  /** A view that the program does not have any more would keep what it holds for ever. */
  async #clearUndeclared(builds: readonly Build[], epoch: number): Promise<void> {
    for (const build of builds) {
      if (this.#runners.has(build.view)) continue;
      await this.#options.secrets?.destroySecret(searchSecretName(build));
      await this.#options.views.drop(build, epoch);
    }
  }

  #assertServed(view: ViewDefinition): void {
    const { open, secrets } = this.#options;
    const opens = 'opens' in view && open === undefined;
    const tokens = view.tokens !== undefined && secrets === undefined;
    if (!opens && !tokens) return;
    throw new InvalidInput('definitions', 'view-ports', `must be served: ${view.name}`);
  }

  #ports(): ProjectionPorts {
    const { log, views, clock, open, secrets, lift } = this.#options;
    return {
      log: new LogReader(log, lift ?? ((event) => event)),
      views,
      clock,
      open: open ?? openNothing,
      secrets: secrets ?? NO_SECRETS,
    };
  }
}

/** Where no view makes tokens there is nothing to be destroyed either. */
const NO_SECRETS: SearchSecrets = {
  secret: () => Promise.reject(new IntegrityError('no-secrets', 'no search tokens are made here')),
  destroySecret: () => Promise.resolve(),
};
