import type { Position, RecordedEvent } from '#kernel';

import type { LogPage } from './log-pages.js';
import type { Poison } from './reasons.js';

/** A follower that lags by more events than this reads by itself again: memory is bounded. */
const MOST_WAITING = 10_000;

/** One of those who are handed the end of the log; what it has not taken yet waits here. */
export class LogFollower {
  #events: RecordedEvent[] = [];
  #poison: Poison | undefined;
  #ended: Promise<void> | undefined;
  #wake: (() => void) | undefined;

  /**
   * @param from what comes after this position is handed over; older events are for itself to read
   */
  constructor(
    readonly from: Position,
    readonly signal: AbortSignal,
  ) {}

  /** Hands over events; false where it has more waiting than it may, and is handed nothing more. */
  push({ events, poison }: LogPage): boolean {
    if (this.#events.length + events.length > MOST_WAITING) {
      this.end(Promise.resolve());
      return false;
    }
    this.#events = this.#events.length === 0 ? [...events] : this.#events.concat(events);
    this.#poison = poison;
    this.#wake?.();
    return true;
  }

  /**
   * Nothing more will come.
   * @param outcome of the reading that it came from: where that failed, so does who waits
   */
  end(outcome: Promise<void>): void {
    this.#ended = outcome;
    this.#wake?.();
  }

  /**
   * All that has come since it was asked last, at most `limit` events: who was busy for long has
   * fewer, larger batches. Undefined where nothing more comes this way, or the signal has aborted.
   */
  async next(limit: number): Promise<LogPage | undefined> {
    if (this.#isEmpty && this.#ended === undefined) await this.#woken();
    if (this.signal.aborted) return undefined;
    await this.#ended;
    if (this.#isEmpty) return undefined;
    return this.#take(limit);
  }

  get #isEmpty(): boolean {
    return this.#events.length === 0 && this.#poison === undefined;
  }

  #take(limit: number): LogPage {
    const events = this.#events.length <= limit ? this.#events : this.#events.slice(0, limit);
    this.#events = events === this.#events ? [] : this.#events.slice(limit);
    if (this.#events.length > 0) return { events, newest: false };
    return { events, poison: this.#poison, newest: true };
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#wake = undefined;
        this.signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#wake = wake;
      this.signal.addEventListener('abort', wake);
      if (this.signal.aborted) wake();
    });
  }
}
