import { InvalidInput, START } from '#kernel';
import type { Position } from '#kernel';

import { checkDefinition } from './definition.js';
import type { ReadableLog } from './log-pages.js';
import type { Build, ViewDefinition, Views } from './port.js';
import type { BuildStatus } from './projections.js';
import type { ProjectorStatus } from './projector.js';
import { Pulse } from './pulse.js';

/** What the projectors of this process say, where it has some at work. */
export interface AtWork {
  /** Of the live build of a view. */
  live(view: string): ProjectorStatus | undefined;
  of(build: Build): ProjectorStatus | undefined;
}

export interface WatchOptions {
  readonly log: Pick<ReadableLog, 'head'>;
  readonly views: Views;
  readonly definitions: readonly ViewDefinition[];
  /** How often to look for what other processes have done. */
  readonly pollMillis: number;
  readonly atWork: AtWork;
}

/** How views are, and waiting for them: the half of `Projections` that needs nobody to project. */
export class ViewsWatch {
  readonly #options: WatchOptions;
  readonly #definitions: ReadonlyMap<string, ViewDefinition>;
  /** To be fired when a view has moved, or something about its builds. */
  readonly moved = new Pulse();

  /** @throws InvalidInput for a definition that stores cannot take */
  constructor(options: WatchOptions) {
    this.#options = options;
    options.definitions.forEach(checkDefinition);
    this.#definitions = new Map(options.definitions.map((view) => [view.name, view]));
    if (this.#definitions.size !== options.definitions.length) {
      throw new InvalidInput('definitions', 'view-name', 'must have different names');
    }
  }

  /** @throws InvalidInput for a view that does not exist */
  definition(name: string): ViewDefinition {
    const view = this.#definitions.get(name);
    if (view === undefined) throw new InvalidInput('view', 'view-unknown', 'is no view');
    return view;
  }

  /** As in `Projections`; whoever projects is to be told. */
  rebuild(name: string): Promise<Build> {
    return this.#options.views.begin(this.definition(name));
  }

  /** As in `Projections`; whoever projects is to be told. */
  unpark(name: string): Promise<void> {
    return this.#options.views.unpark(this.definition(name).name);
  }

  /** As in `Projections`. */
  async waitFor(name: string, position: Position, timeoutMillis: number): Promise<boolean> {
    const view = this.definition(name);
    const { atWork, pollMillis } = this.#options;
    let passed = false;
    const decided = async () => {
      const at = atWork.live(name) ?? (await this.#stored(view));
      passed = at.checkpoint >= position;
      return passed || at.parked !== undefined;
    };
    await this.moved.until(decided, timeoutMillis, pollMillis);
    return passed;
  }

  /** As in `Projections`. */
  waitForAll(position: Position, timeoutMillis: number): Promise<boolean> {
    const passed = async () => {
      const builds = await this.#options.views.builds();
      const live = new Set(builds.filter((b) => b.state === 'live').map((b) => b.view));
      const complete = [...this.#definitions.keys()].every((name) => live.has(name));
      return complete && builds.every((build) => hasPassed(build, position));
    };
    return this.moved.until(passed, timeoutMillis, this.#options.pollMillis);
  }

  /** As in `Projections`. */
  async statuses(): Promise<readonly BuildStatus[]> {
    const { views, log, atWork } = this.#options;
    const builds = await views.builds();
    const head = await log.head();
    return builds.map((build) => {
      const projector = atWork.of(build);
      return {
        build,
        current: this.#definitions.get(build.view)?.version === build.version,
        caughtUp: build.checkpoint >= head,
        ...(projector === undefined ? {} : { projector }),
      };
    });
  }

  /** The live build of this program's version, as the store has it. */
  async #stored(view: ViewDefinition): Promise<Pick<Build, 'checkpoint' | 'parked'>> {
    const builds = await this.#options.views.builds();
    const live = builds.find((build) => build.view === view.name && build.state === 'live');
    return live?.version === view.version ? live : { checkpoint: START };
  }
}

/**
 * A build that has come up and not yet taken its place leaves queries to one that may be of a log
 * which was put back since. That there is no more than a beginning says nothing of that.
 */
function hasPassed({ checkpoint, state }: Build, position: Position): boolean {
  if (position === START) return true;
  return checkpoint >= position && state !== 'building';
}
