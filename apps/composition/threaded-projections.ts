import { Worker } from 'node:worker_threads';

import { customerViews } from '#customers';
import type { Position } from '#kernel';
import { errorCode } from '#kernel';
import type { Build, BuildStatus, Projections, ViewReport } from '#views';
import { RUNNER_DEFAULTS, ViewsWatch } from '#views';

import { FENCED } from './projecting.js';
import type { Asked, ThreadInput, Told } from './projection-messages.js';
import { coalesced } from './projection-messages.js';
import type { Settings } from './settings.js';
import type { Stores } from './stores.js';

/** The pause before a thread that ended is started again; it doubles each time up to a limit. */
const RESTART_MILLIS = 500;
const LONGEST_RESTART_MILLIS = 30_000;
/** A thread that does not end by itself in this time is ended. */
const CLOSE_MILLIS = 10_000;
/** Room for young objects: a batch lives that long, and is not to be copied about. */
const RESOURCES = { maxYoungGenerationSizeMb: 64 };

/** Under a test runner this file is a source, and threads start from what was built. */
const THREAD = import.meta.url.endsWith('.ts')
  ? new URL('../../dist/apps/composition/projection-thread.js', import.meta.url)
  : new URL('./projection-thread.js', import.meta.url);

export interface ThreadOptions {
  readonly settings: Settings;
  readonly stores: Stores;
  readonly onProblem: (code: string) => void;
  /** Where the code of the thread is, asked before each start. For tests. */
  readonly code?: () => URL;
}

/**
 * Projects on a thread of its own, so that answering and deciding have this one to themselves. The
 * thread is started before the first lease, which is put to use in milliseconds then; if it ends, that
 * is told and it is started again.
 */
export class ThreadedProjections implements Projections {
  readonly #options: ThreadOptions;
  readonly #watch: ViewsWatch;
  #worker: Worker | undefined;
  /** The epoch that is projected under. */
  #epoch: number | undefined;
  #report: ReadonlyMap<string, ViewReport> = new Map();
  #problems: ReadonlyMap<string, string> = new Map();
  #ends = 0;
  #restart: NodeJS.Timeout | undefined;
  #onStopped: (() => void) | undefined;

  constructor(options: ThreadOptions) {
    this.#options = options;
    this.#watch = new ViewsWatch({
      ...options.stores,
      definitions: customerViews,
      pollMillis: RUNNER_DEFAULTS.pollMillis,
      atWork: {
        live: (view) => {
          const { live, builds } = this.#report.get(view) ?? NOTHING;
          return live === undefined ? undefined : builds.get(live);
        },
        of: ({ view, id }) => this.#report.get(view)?.builds.get(id),
      },
    });
    options.stores.onAppended(
      coalesced(() => {
        if (this.projecting) this.#ask({ do: 'read' });
      }),
    );
  }

  get projecting(): boolean {
    return this.#epoch !== undefined;
  }

  get problems(): ReadonlyMap<string, string> {
    return this.#problems;
  }

  prepare(): void {
    this.#worker ??= this.#open();
  }

  start(epoch: number): void {
    if (this.#epoch !== undefined) return;
    this.#epoch = epoch;
    this.prepare();
    this.#ask({ do: 'start', epoch });
  }

  async stop(): Promise<void> {
    clearTimeout(this.#restart);
    this.#epoch = undefined;
    if (this.#worker === undefined) return;
    const stopped = new Promise<void>((resolve) => {
      this.#onStopped = resolve;
    });
    this.#ask({ do: 'stop' });
    await stopped;
  }

  async close(): Promise<void> {
    await this.stop();
    const worker = this.#worker;
    if (worker === undefined) return;
    const ended = new Promise<void>((resolve) => {
      worker.once('exit', () => {
        resolve();
      });
    });
    this.#worker = undefined;
    worker.postMessage({ do: 'close' } satisfies Asked);
    const late = setTimeout(() => void worker.terminate(), CLOSE_MILLIS);
    await ended;
    clearTimeout(late);
  }

  async rebuild(name: string): Promise<Build> {
    const begun = await this.#watch.rebuild(name);
    this.#ask({ do: 'look' });
    return begun;
  }

  async retry(name: string): Promise<void> {
    await this.#watch.unpark(name);
    this.#ask({ do: 'go-on', view: name });
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

  #ask(asked: Asked): void {
    this.#worker?.postMessage(asked);
  }

  #open(): Worker {
    const workerData: ThreadInput = { settings: this.#options.settings };
    const worker = new Worker(this.#options.code?.() ?? THREAD, {
      workerData,
      resourceLimits: RESOURCES,
    });
    let code = 'exit';
    worker.on('message', (told: Told) => {
      if (worker === this.#worker) this.#hear(told);
    });
    worker.on('error', (error) => {
      // Its message may say more than a log may hold.
      code = errorCode(error) ?? error.name;
    });
    worker.on('exit', () => {
      if (worker === this.#worker) this.#ended(code);
    });
    return worker;
  }

  #hear(told: Told): void {
    switch (told.told) {
      case 'moved':
        this.#ends = 0;
        this.#report = told.report;
        this.#problems = told.problems;
        this.#watch.moved.fire();
        return;
      case 'problem':
        this.#options.onProblem(told.code);
        return;
      case 'fenced':
        this.#epoch = undefined;
        this.#options.onProblem(FENCED);
        return;
      case 'stopped':
        this.#onStopped?.();
        return;
    }
  }

  /** What it had folded and not written is folded again. */
  #ended(code: string): void {
    this.#worker = undefined;
    this.#report = new Map();
    this.#problems = new Map([['', `thread ended: ${code}`]]);
    this.#options.onProblem(`views: their thread ended, ${code}`);
    this.#onStopped?.();
    this.#watch.moved.fire();
    if (this.#epoch === undefined) return;
    const pause = Math.min(RESTART_MILLIS * 2 ** this.#ends, LONGEST_RESTART_MILLIS);
    this.#ends += 1;
    this.#restart = setTimeout(() => {
      const epoch = this.#epoch;
      if (epoch === undefined) return;
      this.#worker = this.#open();
      this.#ask({ do: 'start', epoch });
    }, pause);
  }
}

const NOTHING: ViewReport = { live: undefined, builds: new Map() };
