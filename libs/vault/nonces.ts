import { randomFillSync } from 'node:crypto';

/** Length of an AES-GCM nonce, in bytes. */
export const NONCE_BYTES = 12;

const pool = Buffer.alloc(512 * NONCE_BYTES);
let next = pool.length;

/**
 * A random nonce. They are drawn many at a time, since a call to the generator costs as much as the
 * cipher itself; they are public, so that it does not matter that they lie in memory.
 */
export function freshNonce(): Buffer {
  if (next === pool.length) {
    randomFillSync(pool);
    next = 0;
  }
  next += NONCE_BYTES;
  return Buffer.from(pool.subarray(next - NONCE_BYTES, next));
}
