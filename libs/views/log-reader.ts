import { setImmediate as yieldToOthers } from 'node:timers/promises';

import { START } from '#kernel';
import type { Position } from '#kernel';

import { LogFollower } from './log-follower.js';
import { liftedPage, pageAfter, type Lift, type LogPage, type ReadableLog } from './log-pages.js';

/**
 * Reads the log for all projectors of a process. Its end is read, parsed and lifted once and handed
 * to all that have come so far; a projector that is behind reads by itself until it joins them.
 */
export class LogReader {
  readonly #log: ReadableLog;
  readonly #lift: Lift;
  readonly #followers = new Set<LogFollower>();
  /** Up to here the followers were handed events; undefined where nobody reads for them. */
  #position: Position | undefined;
  #reading = new AbortController();

  constructor(log: ReadableLog, lift: Lift) {
    this.#log = log;
    this.#lift = lift;
  }

  head(): Promise<Position> {
    return this.#log.head();
  }

  /** Whether the log holds so many events. */
  async holds(events: number): Promise<boolean> {
    return (await this.#log.readAll(START, events)).length >= events;
  }

  /**
   * All events after a position in pages of at most `limit`, then those that come, until aborted. A
   * page whose last event could not be lifted is the last.
   */
  async *pagesAfter(after: Position, limit: number, signal: AbortSignal): AsyncGenerator<LogPage> {
    let read = after;
    const alone = async () => {
      const page = await this.#page(read, limit);
      read = page.events.at(-1)?.position ?? read;
      return page;
    };
    while (!signal.aborted) {
      const page = await alone();
      yield page;
      if (!page.newest) continue;
      const follower = this.#join(read, signal);
      try {
        while (read < follower.from && !ended(signal)) yield await alone();
        for (;;) {
          const handed = await follower.next(limit);
          if (handed === undefined) break;
          const fresh = pageAfter(handed, read);
          read = fresh.events.at(-1)?.position ?? read;
          yield fresh;
        }
      } finally {
        this.#leave(follower);
      }
    }
  }

  async #page(after: Position, limit: number): Promise<LogPage> {
    const events = await this.#log.readAll(after, limit);
    return liftedPage(this.#lift, events, events.length < limit);
  }

  /** From the position where the others are, if there are any. */
  #join(read: Position, signal: AbortSignal): LogFollower {
    const follower = new LogFollower(this.#position ?? read, signal);
    this.#followers.add(follower);
    if (this.#position === undefined) this.#begin(read);
    return follower;
  }

  #leave(follower: LogFollower): void {
    this.#followers.delete(follower);
    if (this.#followers.size === 0) this.#stop();
  }

  #stop(): void {
    this.#reading.abort();
    this.#position = undefined;
  }

  #begin(after: Position): void {
    this.#position = after;
    this.#reading = new AbortController();
    const { signal } = this.#reading;
    const outcome = this.#readOn(after, signal);
    const end = () => {
      if (!signal.aborted) this.#endAll(outcome);
    };
    outcome.then(end, end);
  }

  /** Ends when nobody follows any more. */
  async #readOn(after: Position, signal: AbortSignal): Promise<void> {
    for await (const events of this.#log.subscribe(after, signal)) {
      if (ended(signal)) return;
      this.#hand(liftedPage(this.#lift, events, true), events.at(-1)?.position);
      // Embedded stores answer without waiting for anything: others get their turn here.
      await yieldToOthers();
    }
  }

  #hand(page: LogPage, position: Position | undefined): void {
    this.#position = position ?? this.#position;
    for (const follower of this.#followers) {
      if (!follower.push(page)) this.#followers.delete(follower);
    }
    // Nobody comes past that event: who is to try it again reads by itself.
    if (page.poison !== undefined) this.#followers.clear();
    if (this.#followers.size === 0) this.#stop();
  }

  #endAll(outcome: Promise<void>): void {
    for (const follower of this.#followers) follower.end(outcome);
    this.#followers.clear();
    this.#stop();
  }
}

/** A function, since a property that was looked at once is taken to stay as it was. */
function ended(signal: AbortSignal): boolean {
  return signal.aborted;
}
