import { Outage, problemOf } from '#kernel';

import { pause } from './leased.js';

/** Work that is done again and again: at an interval, and at once when nudged. */
export class Rounds {
  #abort = new AbortController();
  #done: Promise<void> = Promise.resolve();
  #wake: (() => void) | undefined;
  #nudges = 0;

  constructor(
    private readonly round: () => Promise<unknown>,
    private readonly intervalMillis: number,
    private readonly told: { onProblem(code: string): void },
  ) {}

  /** To be run under a lease. */
  get work() {
    return {
      start: () => {
        this.#abort = new AbortController();
        this.#done = this.#run(this.#abort.signal);
      },
      stop: async () => {
        this.#abort.abort();
        this.nudge();
        await this.#done;
      },
    };
  }

  /** The next round begins at once; where this process does not hold the lease, nothing happens. */
  nudge(): void {
    this.#nudges += 1;
    this.#wake?.();
  }

  /** Waits within a round; ends early when the work is stopped. */
  async pause(millis: number): Promise<void> {
    await pause(millis, this.#abort.signal);
    if (this.#abort.signal.aborted) throw new Outage('ledger', 'is stopping');
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const before = this.#nudges;
      await this.#attempt();
      if (this.#nudges === before) await this.#sleep(signal);
    }
  }

  async #attempt(): Promise<void> {
    try {
      await this.round();
    } catch (error) {
      this.told.onProblem(problemOf(error));
    }
  }

  async #sleep(signal: AbortSignal): Promise<void> {
    const waking = new AbortController();
    this.#wake = () => {
      waking.abort();
    };
    await pause(this.intervalMillis, AbortSignal.any([signal, waking.signal]));
    this.#wake = undefined;
  }
}
