import { setTimeout as pause } from 'node:timers/promises';

const POLL_MILLIS = 10;

/** Waits until something is so, and gives it; fails with what was waited for. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  limitMillis = 20_000,
): Promise<T> {
  const end = performance.now() + limitMillis;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) {
      throw new Error(`waited ${String(limitMillis)} ms in vain: ${what}`);
    }
    await pause(POLL_MILLIS);
  }
}
