import type { Clock, Instant } from '#kernel';
import { instantOf, plusMillis } from '#kernel';

/** A clock that stands until it is set. */
export class SetClock implements Clock {
  #now: Instant;

  constructor(now: Instant = instantOf(Date.UTC(2026, 2, 2, 9, 15))) {
    this.#now = now;
  }

  now(): Instant {
    return this.#now;
  }

  set(now: Instant): void {
    this.#now = now;
  }

  /** Sets it forward, or back where the number is negative. */
  pass(millis: number): void {
    this.#now = plusMillis(this.#now, millis);
  }
}
