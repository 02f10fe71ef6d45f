import { createHash, hash } from 'node:crypto';

import type { StoredContent } from '#event-log';
import { textIn } from '#event-log';
import { isJsonObject } from '#kernel';

import type { StoredBytes } from '../verifier/index.js';
import { leafText } from '../verifier/index.js';

/** Length of every hash. */
export const HASH_BYTES = 32;

const LEAF = Uint8Array.of(0);
/** One hash at a time is computed, to its end: the buffer is free again when the call returns. */
const node = Buffer.alloc(1 + 2 * HASH_BYTES);
node[0] = 1;

/** Root of a tree without leaves (RFC 6962, section 2.1). */
export const EMPTY_ROOT: Buffer = createHash('sha256').digest();

/** By way of hexadecimal text, which Node gives in a third of the time that a buffer takes it. */
function sha256(bytes: Uint8Array | string): Buffer {
  return Buffer.from(hash('sha256', bytes, 'hex'), 'hex');
}

/** Hash of a node over its children (RFC 6962, section 2.1). */
export function nodeOf(left: Uint8Array, right: Uint8Array): Buffer {
  node.set(left, 1);
  node.set(right, 1 + HASH_BYTES);
  return sha256(node);
}

/** Hash of a leaf over an entry (RFC 6962, section 2.1). */
export function leafOfEntry(entry: Uint8Array | string): Buffer {
  // At once, which takes half the time; the byte is the text's first.
  if (typeof entry === 'string') return sha256(`\0${entry}`);
  return createHash('sha256').update(LEAF).update(entry).digest();
}

/** An event as far as its leaf tells of it. */
export interface Stored extends Omit<StoredBytes, 'metadata' | 'data'> {
  readonly metadata: StoredContent;
  readonly data: StoredContent;
}

/**
 * The entry of a stored event, which its leaf is over: what `leafText` says of it.
 * @param salt that of its metadata, where somebody has looked for it already
 */
export function entryOf(event: Stored, salt = saltIn(event.metadata)): string {
  const { stream, revision, id, type, metadata, data } = event;
  const metadataHash = hash('sha256', metadata, 'hex');
  const dataHash = saltedHash(salt, data);
  return leafText({ stream, revision, id, type, metadataHash, dataHash });
}

/** The object that stored bytes are the JSON of; undefined where they are none. */
export function objectIn(content: StoredContent): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(textIn(content) ?? '');
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Base64url of 16 bytes, the four bits left over in the last character being zero. */
const SALT = '[A-Za-z0-9_-]{21}[AQgw]';
const SALT_ALONE = new RegExp(`^${SALT}$`);
const SALT_BYTES = 16;

const CHARACTERS = String.raw`[^"\\\u0000-\u001f]*`;
const VALUE = `(?:"${CHARACTERS}"|[1-9][0-9]*)`;
/** JSON objects of plain texts and numbers, as the ledger writes metadata; the last `salt` counts. */
const PLAIN = new RegExp(
  `^\\{(?:"${CHARACTERS}":${VALUE},)*"salt":"(${SALT})"(?:,"(?!salt")${CHARACTERS}":${VALUE})*\\}$`,
);

/**
 * The verifier's `saltOf`, with what Node does several times as fast.
 * @returns base64url; nothing in it where there is none, undefined where the metadata are no object
 */
export function saltIn(metadata: StoredContent): string | undefined {
  const plain = typeof metadata === 'string' ? PLAIN.exec(metadata)?.[1] : undefined;
  if (plain !== undefined) return plain;
  const parsed = objectIn(metadata);
  if (parsed === undefined) return undefined;
  const { salt } = parsed;
  return typeof salt === 'string' && SALT_ALONE.test(salt) ? salt : '';
}

/** Salt and data are put together here: one hash at a time is computed, to its end. */
let salted = Buffer.alloc(65_536);

function saltedHash(salt = '', data: StoredContent): string {
  if (salt === '') return hash('sha256', data, 'hex');
  // A character takes three bytes at most.
  const most = SALT_BYTES + (typeof data === 'string' ? 3 : 1) * data.length;
  if (salted.length < most) salted = Buffer.alloc(most);
  salted.write(salt, 'base64url');
  let length = SALT_BYTES;
  if (typeof data === 'string') length += salted.write(data, SALT_BYTES);
  else {
    salted.set(data, SALT_BYTES);
    length += data.length;
  }
  return hash('sha256', salted.subarray(0, length), 'hex');
}

/**
 * Root of a whole subtree.
 * @param hashes as many as a power of two, one after another
 */
export function rootOfWhole(hashes: Buffer): Buffer {
  let level = hashes;
  while (level.length > HASH_BYTES) {
    const above = Buffer.alloc(level.length / 2);
    for (let at = 0; at < level.length; at += 2 * HASH_BYTES) {
      const left = level.subarray(at, at + HASH_BYTES);
      const right = level.subarray(at + HASH_BYTES, at + 2 * HASH_BYTES);
      nodeOf(left, right).copy(above, at / 2);
    }
    level = above;
  }
  return level;
}
