import { randomUUID } from 'node:crypto';

import type { Instant } from '#kernel';

import type { FiguresAt, FiguresProgress } from './figures-at.js';

/** Jobs that run at the same time: each holds the ids of all customers. */
const MOST_RUNNING = 2;
/** Jobs that are kept after their end, the newest. */
const MOST_KEPT = 50;
const KEPT_MILLIS = 60 * 60 * 1000;

/** No more jobs are begun: so many are running. */
export class TooManyJobs extends Error {
  override readonly name = 'TooManyJobs';
}

/** Figures that are being counted, or were. Nothing in it is of a person. */
export interface FiguresJob {
  readonly id: string;
  readonly at: Instant;
  readonly progress: FiguresProgress;
  /** Undefined as long as they are being counted. */
  readonly result: FiguresAt | undefined;
}

/** How figures at an instant come about. */
export type CountFigures = (
  at: Instant,
  onProgress: (progress: FiguresProgress) => void,
) => Promise<FiguresAt>;

/** Counts figures beside the requests that ask for them. Kept in memory, for an hour. */
export class FiguresJobs {
  readonly #jobs = new Map<string, Job>();

  constructor(
    private readonly count: CountFigures,
    /** Milliseconds of a clock that is never set. */
    private readonly monotonic: () => number = () => performance.now(),
  ) {}

  /**
   * Begins to count; resolves when that is done, or so many events were read.
   * @throws TooManyJobs; whatever counting throws
   */
  async begin(at: Instant, enough: number): Promise<FiguresJob> {
    this.#clear();
    const running = [...this.#jobs.values()].filter((job) => !job.isOver);
    if (running.length >= MOST_RUNNING) throw new TooManyJobs();
    const job = new Job(at, this.monotonic);
    this.#jobs.set(job.id, job);
    await job.run(this.count, enough);
    return job.told();
  }

  /**
   * A job that this process has begun; undefined where it has none of this id, or not any more.
   * @throws what counting has thrown
   */
  find(id: string): FiguresJob | undefined {
    this.#clear();
    return this.#jobs.get(id)?.told();
  }

  #clear(): void {
    const over = [...this.#jobs.values()].filter((job) => job.isOver);
    const tooMany = over.slice(0, Math.max(0, over.length - MOST_KEPT));
    const tooOld = over.filter((job) => this.monotonic() - job.endedAt > KEPT_MILLIS);
    for (const { id } of [...tooMany, ...tooOld]) this.#jobs.delete(id);
  }
}

class Job {
  readonly id = randomUUID();
  progress: FiguresProgress = { read: 0, of: 0 };
  result: FiguresAt | undefined;
  failure: { readonly error: unknown } | undefined;
  endedAt = 0;

  constructor(
    private readonly at: Instant,
    private readonly monotonic: () => number,
  ) {}

  get isOver(): boolean {
    return this.result !== undefined || this.failure !== undefined;
  }

  /** Resolves when it is over, or so many events were read; it then goes on by itself. */
  run(count: CountFigures, enough: number): Promise<void> {
    return new Promise((resolve) => {
      void count(this.at, (progress) => {
        this.progress = progress;
        if (progress.read >= enough) resolve();
      })
        .then(
          (result) => {
            this.result = result;
            this.progress = { read: result.read, of: result.read };
          },
          (error: unknown) => {
            this.failure = { error };
          },
        )
        .finally(() => {
          this.endedAt = this.monotonic();
          resolve();
        });
    });
  }

  told(): FiguresJob {
    if (this.failure !== undefined) throw this.failure.error;
    const { id, at, progress, result } = this;
    return { id, at, progress, result };
  }
}
