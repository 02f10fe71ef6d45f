import { setTimeout as delay } from 'node:timers/promises';

import { Outage } from '#kernel';

import { portError, sqliteFault } from './faults.js';

/** How long to wait for another connection's lock before giving up. */
export const BUSY_LIMIT_MILLIS = 5_000;

const LONGEST_PAUSE_MILLIS = 5;

/**
 * The pause before the next attempt: up to 5 ms, with jitter so that two processes do not
 * keep meeting.
 */
export function busyPause(attempt: number): number {
  return Math.min(2 ** attempt, LONGEST_PAUSE_MILLIS) * (0.5 + Math.random() / 2);
}

/**
 * Runs work until it does not meet a lock of another connection, without blocking the event loop.
 * All other errors come as {@link portError} gives them.
 *
 * @param reason says, for the {@link Outage} when the limit has passed, what was waited for
 */
export async function whileBusy<T>(
  part: string,
  limitMillis: number,
  work: () => T,
  reason: () => string = () => 'busy',
): Promise<T> {
  const until = performance.now() + limitMillis;
  for (let attempt = 0; ; attempt++) {
    try {
      return work();
    } catch (error) {
      if (sqliteFault(error) !== 'busy') throw portError(part, error);
      if (performance.now() >= until) throw new Outage(part, reason(), { cause: error });
    }
    await delay(busyPause(attempt));
  }
}
