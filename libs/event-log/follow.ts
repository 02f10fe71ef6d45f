import type { Position, RecordedEvent } from '#kernel';

/** Tells those who wait that something was appended. It counts, so that no ring is missed. */
export class Bell {
  #rung = 0;
  readonly #waiting = new Set<() => void>();

  /** How often it has rung. */
  get rung(): number {
    return this.#rung;
  }

  ring(): void {
    this.#rung += 1;
    for (const wake of this.#waiting) wake();
  }

  /**
   * Resolves when it rings, or has rung since it stood at `seen`; also when the signal aborts or,
   * where given, the time is over.
   */
  async wait(seen: number, signal: AbortSignal, millis?: number): Promise<void> {
    if (this.#rung !== seen || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer = millis === undefined ? undefined : setTimeout(wake, millis);
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }
}

/**
 * All events after a position, and then those that come, until the signal aborts.
 *
 * @param pageAfter the next events after a position; none at the end of the log
 * @param bell rings after each append of this process
 * @param pollMillis how often to look for appends of other processes, if there may be any
 */
export async function* follow(
  after: Position,
  signal: AbortSignal,
  pageAfter: (after: Position) => Promise<readonly RecordedEvent[]>,
  bell: Bell,
  pollMillis?: number,
): AsyncGenerator<readonly RecordedEvent[], void, void> {
  const ended = () => signal.aborted;
  let last = after;
  while (!ended()) {
    const rung = bell.rung;
    const page = await pageAfter(last);
    const newest = page.at(-1);
    if (newest === undefined) {
      await bell.wait(rung, signal, pollMillis);
    } else if (!ended()) {
      last = newest.position;
      yield page;
    }
  }
}
