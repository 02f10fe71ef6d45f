import { instantOf, millisOf, type Clock, type Instant } from '#kernel';

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
  #millis = Date.parse('2026-03-02T09:15:00.000Z');

  now(): Instant {
    return instantOf(this.#millis);
  }

  advance(millis: number): void {
    this.#millis += millis;
  }

  set(at: Instant): void {
    this.#millis = millisOf(at);
  }
}
