import { open, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

import { errorCode, Outage } from '#kernel';

import { statOf } from './files.js';

const NEWLINE = 0x0a;
const CHUNK_BYTES = 8_192;
/** A line that another process is writing just now is whole after this. */
const SETTLE_MILLIS = 50;
/** A lock older than this was left by a crash. */
const STALE_LOCK_MILLIS = 10_000;
const LOCK_LIMIT_MILLIS = 15_000;

/**
 * Cuts off a last line without its newline, which a crash has left. One process at a time does so,
 * and looks twice: a line in the making is left alone.
 */
export async function healTornLine(file: string): Promise<void> {
  if ((await tornAt(file)) === undefined) return;
  await locked(`${file}.healing`, async () => {
    const before = await tornAt(file);
    if (before === undefined) return;
    await delay(SETTLE_MILLIS);
    const after = await tornAt(file);
    if (after?.size !== before.size) return;
    const handle = await open(file, 'r+');
    try {
      await handle.truncate(after.whole);
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}

interface Torn {
  readonly size: number;
  /** Length of the file up to its last newline. */
  readonly whole: number;
}

/** Where a file's last line is torn; undefined where it is not. */
async function tornAt(file: string): Promise<Torn | undefined> {
  const size = (await statOf(file))?.size ?? 0;
  const whole = size === 0 ? 0 : await afterLastNewline(file, size);
  return whole === size ? undefined : { size, whole };
}

/** Searched from the end: a crash may leave a long tail that was allotted and never written. */
async function afterLastNewline(file: string, size: number): Promise<number> {
  const handle = await open(file, 'r');
  try {
    for (let to = size; to > 0; to -= CHUNK_BYTES) {
      const from = Math.max(0, to - CHUNK_BYTES);
      const chunk = Buffer.alloc(to - from);
      await handle.read(chunk, 0, chunk.length, from);
      const newline = chunk.lastIndexOf(NEWLINE);
      if (newline !== -1) return from + newline + 1;
    }
    return 0;
  } finally {
    await handle.close();
  }
}

/** Does work while a lock file is there that no other process has made. */
async function locked(lock: string, work: () => Promise<void>): Promise<void> {
  const until = performance.now() + LOCK_LIMIT_MILLIS;
  while (!(await take(lock))) {
    const made = (await statOf(lock))?.mtimeMs;
    if (made !== undefined && Date.now() - made > STALE_LOCK_MILLIS)
      await rm(lock, { force: true });
    else if (performance.now() > until) throw new Outage('anchor', 'locked');
    else await delay(SETTLE_MILLIS);
  }
  try {
    await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function take(lock: string): Promise<boolean> {
  try {
    const handle = await open(lock, 'wx', 0o600);
    await handle.close();
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}
