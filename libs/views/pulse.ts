/** Wakes those who wait for something to change; they look themselves whether it has. */
export class Pulse {
  /** How often it has fired, so that a change while somebody looks is not missed. */
  #fired = 0;
  readonly #waiting = new Set<() => void>();

  fire(): void {
    this.#fired += 1;
    for (const wake of [...this.#waiting]) wake();
  }

  /** Resolves at the next {@link fire}, after the given time, or when the signal aborts. */
  next(millis: number, signal?: AbortSignal): Promise<void> {
    return this.#since(this.#fired, millis, signal);
  }

  /**
   * Waits until a condition holds, looking after every {@link fire} and at least every
   * `pollMillis`. False when the time is over before that.
   */
  async until(
    condition: () => boolean | Promise<boolean>,
    timeoutMillis: number,
    pollMillis: number,
  ): Promise<boolean> {
    const deadline = performance.now() + timeoutMillis;
    for (;;) {
      const seen = this.#fired;
      if (await condition()) return true;
      const left = deadline - performance.now();
      if (left <= 0) return false;
      await this.#since(seen, Math.min(left, pollMillis));
    }
  }

  #since(seen: number, millis: number, signal?: AbortSignal): Promise<void> {
    if (this.#fired !== seen || signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, millis);
      this.#waiting.add(wake);
      signal?.addEventListener('abort', wake);
    });
  }
}
