import { setTimeout as timeout } from 'node:timers/promises';

import { Outage } from '#kernel';
import type { Leases } from '#vault';

/** Work that one process does at a time. */
export interface LeasedWork {
  readonly name: string;
  /** Begins, under a lease of this epoch. */
  start(epoch: number): void;
  /** Ends; resolves when nothing of it runs any more. */
  stop(): Promise<void>;
}

/** What holding a lease needs. */
export interface Leasing {
  readonly leases: Leases;
  /** Name of this process. */
  readonly holder: string;
  readonly ttlMillis: number;
  onProblem(code: string): void;
}

/**
 * Takes a lease whenever it is free, and does the work as long as it is held: renewed at a third of
 * its time, given up where it could not be renewed in two thirds.
 */
export async function workUnderLease(
  leasing: Leasing,
  work: LeasedWork,
  signal: AbortSignal,
): Promise<void> {
  let epoch: number | undefined;
  let renewedAt = 0;
  const end = async () => {
    if (epoch === undefined) return;
    epoch = undefined;
    await work.stop();
  };
  while (!signal.aborted) {
    const before = performance.now();
    const lease = await attempt(leasing, work.name);
    if (lease !== 'unknown') renewedAt = before;
    if (lease === undefined || (lease !== 'unknown' && epoch !== lease.epoch)) await end();
    if (lease === 'unknown' && performance.now() - renewedAt > (leasing.ttlMillis * 2) / 3) {
      await end();
    }
    if (lease !== undefined && lease !== 'unknown' && epoch === undefined) {
      epoch = lease.epoch;
      work.start(epoch);
    }
    await pause(leasing.ttlMillis / 3, signal);
  }
  await end();
  await leasing.leases.release(work.name, leasing.holder).catch(() => undefined);
}

async function attempt(leasing: Leasing, name: string) {
  try {
    return await leasing.leases.acquire(name, leasing.holder, leasing.ttlMillis);
  } catch (error) {
    if (!(error instanceof Outage)) throw error;
    leasing.onProblem(error.message);
    return 'unknown' as const;
  }
}

/** Waits, or ends early when the signal aborts. */
export async function pause(millis: number, signal: AbortSignal): Promise<void> {
  try {
    await timeout(millis, undefined, { signal });
  } catch {
    // Aborted: there is nothing left to wait for.
  }
}
