import { statfs } from 'node:fs/promises';

import { errorCode, Outage } from '#kernel';

import type { Check } from './check.js';
import { failure, ok, warning } from './check.js';
import { sizeText } from './texts.js';

const GIB = 1_024 ** 3;
const LEAST_SHARE = 0.1;
/** What a write-ahead log may need at once: with less, writing is about to be refused. */
const NOTHING_LEFT = 32 * 1_024 ** 2;

/** How much room a folder's file system has for its user. */
export async function lookAtDisk(code: string, path: string): Promise<Check> {
  try {
    const { bavail, blocks, bsize } = await statfs(path);
    return room(code, path, bavail * bsize, blocks * bsize);
  } catch (error) {
    throw new Outage(code, (errorCode(error) ?? 'unknown').toLowerCase());
  }
}

/** @param free, all in bytes */
export function room(code: string, path: string, free: number, all: number): Check {
  const share = all === 0 ? 1 : free / all;
  const seen = `${path}: ${sizeText(free)} of ${sizeText(all)} free (${(share * 100).toFixed(0)} %)`;
  if (free < NOTHING_LEFT) {
    return failure(code, {
      seen,
      mend: 'make room now: writing is refused until there is some, and nothing acknowledged is lost',
    });
  }
  if (free < GIB || share < LEAST_SHARE) {
    return warning(code, { seen, mend: 'make room, or move the folder to a larger disk' });
  }
  return ok(code, seen);
}
