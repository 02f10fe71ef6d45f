import { fromBase64, type Bytes } from '../bytes.js';
import { HASH_BYTES } from '../hashing.js';
import type { Announcement } from '../key-chain.js';
import { isObject, objectIn, type Members } from './canonical.js';
import {
  BUNDLE_VERSION,
  type BundleFile,
  type BundleHeader,
  type BundleScope,
  type Elsewhere,
} from './format.js';

/** Reads a header; undefined where it is none, or of a version that is not known here. */
export function readHeader(text: string | undefined): BundleHeader | undefined {
  const header = objectIn(text);
  if (header?.version !== BUNDLE_VERSION) return undefined;
  const scope = scopeIn(header.scope);
  const vkeys = textsIn(header.vkeys);
  const witnesses = textsIn(header.witnesses);
  const files = listIn(header.files, fileIn);
  const announcements = listIn(header.announcements, announcementIn);
  const { ledger, origin, madeAt, checkpointMillis, size, root, events } = header;
  if (!isText(ledger) || !isText(origin) || !isText(madeAt) || !isText(root)) return undefined;
  if (!isCount(checkpointMillis) || !isCount(size) || !isCount(events)) return undefined;
  if (scope === undefined || vkeys === undefined || witnesses === undefined) return undefined;
  const { quorum = 0 } = header;
  const consistency = consistencyIn(header.consistency);
  if (files === undefined || announcements === undefined) return undefined;
  if (consistency === 'unreadable' || !isCount(quorum)) return undefined;
  const by = { ledger, origin, vkeys, announcements, witnesses, quorum };
  return { ...by, scope, madeAt, checkpointMillis, size, root, events, files, consistency };
}

function scopeIn(value: unknown): BundleScope | undefined {
  if (!isObject(value)) return undefined;
  switch (value.kind) {
    case 'ledger':
      return { kind: 'ledger' };
    case 'customer':
      return customerIn(value);
    case 'period':
      return periodIn(value);
    default:
      return undefined;
  }
}

function customerIn({ stream, head, elsewhere }: Members): BundleScope | undefined {
  const others = elsewhereIn(elsewhere);
  if (!isText(stream) || !isCount(head) || others === undefined) return undefined;
  return { kind: 'customer', stream, head, elsewhere: others };
}

function periodIn({ from, to, first, end }: Members): BundleScope | undefined {
  if (!isText(from) || !isText(to) || !isCount(first) || !isCount(end)) return undefined;
  return { kind: 'period', from, to, first, end };
}

function elsewhereIn(value: unknown): Elsewhere | undefined {
  if (!isObject(value) || !isCount(value.count)) return undefined;
  const places = listIn(value.places, (place) => {
    if (!isObject(place) || !isText(place.id) || !isCount(place.index)) return undefined;
    return { id: place.id, index: place.index };
  });
  return places === undefined ? undefined : { count: value.count, places };
}

export function announcementIn(value: unknown): Announcement | undefined {
  if (!isObject(value)) return undefined;
  const { note, key } = value;
  return isText(note) && isText(key) ? { note, key } : undefined;
}

function fileIn(value: unknown): BundleFile | undefined {
  if (!isObject(value)) return undefined;
  const { name, bytes, sha256 } = value;
  if (!isText(name) || !isCount(bytes) || !isText(sha256)) return undefined;
  return { name, bytes, sha256 };
}

function consistencyIn(value: unknown): BundleHeader['consistency'] | 'unreadable' {
  if (value === undefined) return undefined;
  if (!isObject(value) || !isCount(value.size)) return 'unreadable';
  const proof = listIn(value.proof, hashIn);
  return proof === undefined ? 'unreadable' : { size: value.size, proof };
}

/** A list of which every item can be read. */
export function listIn<T>(
  value: unknown,
  read: (item: unknown) => T | undefined,
): readonly T[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const items: T[] = [];
  for (const item of value as readonly unknown[]) {
    const one = read(item);
    if (one === undefined) return undefined;
    items.push(one);
  }
  return items;
}

export function textsIn(value: unknown): readonly string[] | undefined {
  return listIn(value, (item) => (isText(item) ? item : undefined));
}

export function bytesIn(value: unknown): Bytes | undefined {
  return isText(value) ? fromBase64(value) : undefined;
}

export function hashIn(value: unknown): Bytes | undefined {
  const bytes = bytesIn(value);
  return bytes?.length === HASH_BYTES ? bytes : undefined;
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** A whole number from 0. */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
