import type { Json, JsonObject } from '#kernel';

import type { Scalar } from './port.js';

/** Whether a value is one that an index can hold. */
export function isScalar(value: unknown): value is Scalar {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value === 'boolean' || value === null;
}

/** Reads a field of a document; undefined where it, or an object on the way to it, is missing. */
export function fieldReader(field: string): (doc: JsonObject) => Json | undefined {
  const path = field.split('.');
  const [only] = path;
  if (path.length === 1 && only !== undefined) return (doc) => own(doc, only);
  return (doc) => {
    let value: Json | undefined = doc;
    for (const name of path) value = own(value, name);
    return value;
  };
}

function own(value: Json | undefined, name: string): Json | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as JsonObject)[name];
}

/**
 * The order of all scalars: null, numbers, strings by code point, false, true. MongoDB's, and that
 * of SQLite where a boolean is stored as a blob.
 */
export function compareScalars(a: Scalar, b: Scalar): number {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  const rank = typeRank(a) - typeRank(b);
  if (rank !== 0) return rank;
  return Number(a) - Number(b);
}

/** Compares by code point, as UTF-8 bytes do; `<` compares UTF-16 units, and differs beyond U+FFFF. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return codePointRank(x) - codePointRank(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above all others, so they go last. */
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

function typeRank(value: Scalar): number {
  if (value === null) return 0;
  if (typeof value === 'number') return 1;
  return typeof value === 'string' ? 2 : 3;
}
