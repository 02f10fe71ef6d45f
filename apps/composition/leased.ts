import { setTimeout as timeout } from 'node:timers/promises';

import { Outage } from '#kernel';
import type { Leases, Notes } from '#vault';
import { Overtaken } from '#vault';

const POLL_MILLIS = 50;

/** Work that one process does at a time. */
export interface LeasedWork {
  readonly name: string;
  /** Begins, under a lease of this epoch. */
  readonly start: (epoch: number) => void;
  /** Ends; resolves when nothing of it runs any more. */
  readonly stop: () => Promise<void>;
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
 * Takes a lease whenever it is free, looked for at a sixth of its time, and does the work as long as
 * it is held: renewed at a third of its time, given up where it could not be renewed in two thirds.
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
    const left = () => renewedAt + (leasing.ttlMillis * 2) / 3 - performance.now();
    // A store that hangs may keep the answer for longer than the lease lasts.
    const lease = await butAfter(left(), end, attempt(leasing, work.name));
    if (lease !== 'unknown') renewedAt = before;
    if (lease === undefined || (lease !== 'unknown' && epoch !== lease.epoch)) await end();
    if (lease === 'unknown' && left() < 0) await end();
    // An answer that came late may tell of a lease that is over.
    if (lease !== undefined && lease !== 'unknown' && epoch === undefined && left() > 0) {
      epoch = lease.epoch;
      work.start(epoch);
    }
    await pause(leasing.ttlMillis / (epoch === undefined ? 6 : 3), signal);
  }
  await end();
  await leasing.leases.release(work.name, leasing.holder).catch(() => undefined);
}

/** What is waited for; after some time something else is begun, and then both are. */
async function butAfter<T>(
  millis: number,
  late: () => Promise<void>,
  awaited: Promise<T>,
): Promise<T> {
  let begun: Promise<void> | undefined;
  const timer = setTimeout(
    () => {
      begun = late();
    },
    Math.max(0, millis),
  );
  try {
    return await awaited;
  } finally {
    clearTimeout(timer);
    await begun;
  }
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

/**
 * Waits for a lease and does one piece of work while it is held, renewed at a third of its time: a
 * process that dies in it is followed after that time, however long the work takes.
 * @throws Outage where others hold it for longer than they are waited for, or one has taken it over
 */
export async function onceUnderLease<T>(
  leasing: Pick<Leasing, 'leases' | 'holder' | 'ttlMillis'>,
  name: string,
  patienceMillis: number,
  work: (epoch: number) => Promise<T>,
): Promise<T> {
  const { leases, holder, ttlMillis } = leasing;
  const acquire = () => leases.acquire(name, holder, ttlMillis);
  const until = performance.now() + patienceMillis;
  let lease = await acquire();
  while (lease === undefined) {
    if (performance.now() >= until) throw new Outage(name, 'another process does not come through');
    await timeout(POLL_MILLIS);
    lease = await acquire();
  }
  // A renewal that fails is tried again; the work itself meets the same outage.
  const renewal = setInterval(() => void acquire().catch(() => undefined), ttlMillis / 3);
  try {
    return await work(lease.epoch);
  } catch (error) {
    throw error instanceof Overtaken ? new Outage(name, 'was overtaken', { cause: error }) : error;
  } finally {
    clearInterval(renewal);
    await leases.release(name, holder);
  }
}

/** Notes that are written under a lease: one that was overtaken sets nothing back. */
export function notesUnder(notes: Notes, epoch: number): Notes {
  return {
    note: (name) => notes.note(name),
    setNote: (name, value) => notes.setNote(name, value, epoch),
  };
}

/** Waits, or ends early when the signal aborts. */
export async function pause(millis: number, signal: AbortSignal): Promise<void> {
  try {
    await timeout(millis, undefined, { signal });
  } catch {
    // Aborted: there is nothing left to wait for.
  }
}
