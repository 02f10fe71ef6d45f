import canonicalize from 'canonicalize';

import { InvalidInput } from './errors.js';
import type { Json } from './json.js';

const WHOLE_NUMBER_NAME = /^(0|[1-9][0-9]*)$/;

/**
 * The canonical form of a value (RFC 8785): equal values give equal text, whoever writes it.
 * The bytes stored in the log are its UTF-8 encoding.
 *
 * Refused with {@link InvalidInput}: property names that are whole numbers, since JavaScript
 * objects (and with them the EventStoreDB client) move those to the front, and strings with a lone
 * surrogate, which have no UTF-8 encoding.
 */
export function canonicalJson(value: Json): string {
  assertPortable(value, '');
  const text = canonicalize(value);
  if (text === undefined) throw new InvalidInput('value', 'not-json', 'has no JSON form');
  return text;
}

/** The bytes of {@link canonicalJson}, UTF-8. */
export function canonicalBytes(value: Json): Buffer {
  return Buffer.from(canonicalJson(value), 'utf8');
}

/** Throws without quoting the value: it may be personal. */
function assertPortable(value: Json | undefined, path: string): void {
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new InvalidInput(path, 'lone-surrogate', 'is not valid text');
    return;
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new InvalidInput(path, 'not-finite', 'is not a number');
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) assertPortable(item as Json, path);
    return;
  }
  for (const [name, item] of Object.entries(value)) {
    if (WHOLE_NUMBER_NAME.test(name)) {
      throw new InvalidInput(path, 'whole-number-name', 'has a property name that is a number');
    }
    if (!name.isWellFormed()) throw new InvalidInput(path, 'lone-surrogate', 'is not valid text');
    assertPortable(item, path === '' ? name : `${path}.${name}`);
  }
}
