import type { Document } from 'mongodb';

import { IntegrityError, type Json, type JsonObject } from '#kernel';

/** MongoDB takes 200 levels, some of them its own. */
const MOST_DEPTH = 150;

/** Names that the driver or the server would read as something else. */
const ODD = /^[$~]|^_bsontype$/;

/**
 * A document as MongoDB holds it: the same, but that odd names begin with `~`, and in them U+0000 and
 * U+0001 are two characters each. The very object where there are none.
 * @throws IntegrityError `document-depth`; `document-text` for a lone surrogate, which would be lost
 */
export function storedDocument(doc: JsonObject): Document {
  return renamed(doc, storedName, 0) as JsonObject;
}

/** The document that {@link storedDocument} was given. */
export function givenDocument(stored: Document): JsonObject {
  return renamed(stored, givenName, 0) as JsonObject;
}

function storedName(name: string): string {
  if (!name.isWellFormed()) throw oddText();
  if (!ODD.test(name) && !name.includes('\u0000')) return name;
  return `~${name.replaceAll('\u0001', '\u0001\u0002').replaceAll('\u0000', '\u0001\u0001')}`;
}

function givenName(name: string): string {
  if (!name.startsWith('~')) return name;
  return name.slice(1).replaceAll('\u0001\u0001', '\u0000').replaceAll('\u0001\u0002', '\u0001');
}

function renamed(value: Json | undefined, name: (name: string) => string, depth: number): unknown {
  if (typeof value === 'string' && !value.isWellFormed()) throw oddText();
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MOST_DEPTH) {
    throw new IntegrityError('document-depth', 'a document is nested too deeply');
  }
  if (Array.isArray(value)) {
    const items = value.map((item: Json) => renamed(item, name, depth + 1));
    return items.every((item, at) => item === value[at]) ? value : items;
  }
  const entries = Object.entries(value);
  const others = entries.map(([key, item]) => [name(key), renamed(item, name, depth + 1)] as const);
  const same = others.every(
    ([key, item], at) => key === entries[at]?.[0] && item === entries[at][1],
  );
  return same ? value : Object.fromEntries(others);
}

function oddText(): IntegrityError {
  return new IntegrityError('document-text', 'a document holds a lone surrogate');
}
