interface Waiting {
  readonly since: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lets so much be under way at a time; the rest stands in line. What has begun is then answered in time
 * by a server that works, however much is asked of it at once: only one that hangs lets time limits pass.
 */
export class Slots {
  #free: number;
  #line: Waiting[] = [];

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /** Resolves when it is one's turn; each turn is given back by {@link give}. */
  async take(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      this.#line.push({ since: performance.now(), resolve, reject });
    });
  }

  /** The next in line has its turn. */
  give(): void {
    const next = this.#line.shift();
    if (next === undefined) this.#free += 1;
    else next.resolve();
  }

  /** Those who have stood in line since before an instant of `performance.now()` get no turn. */
  refuse(before: number, error: unknown): void {
    const refused = this.#line.filter(({ since }) => since < before);
    this.#line = this.#line.filter(({ since }) => since >= before);
    for (const { reject } of refused) reject(error);
  }
}
