import { hash } from 'node:crypto';

import { isUuid } from '#kernel';

/** Bytes that stand for an id. */
export const ID_BYTES = 16;

/**
 * Writes an id as 16 bytes: those of a UUID, or the first of the SHA-256 of what is none.
 * @returns whether it is a UUID
 */
export function writeId(id: string, target: Buffer, at: number): boolean {
  if (!isUuid(id)) {
    hash('sha256', id, 'buffer').copy(target, at, 0, ID_BYTES);
    return false;
  }
  const digits =
    id.slice(0, 8) + id.slice(9, 13) + id.slice(14, 18) + id.slice(19, 23) + id.slice(24);
  target.write(digits, at, 'hex');
  return true;
}

/** As {@link writeId}, in a buffer of its own. */
export function idBytes(id: string): Buffer {
  const bytes = Buffer.alloc(ID_BYTES);
  writeId(id, bytes, 0);
  return bytes;
}
