/**
 * Canonical JSON (RFC 8785) of a value that came from JSON. Undefined where it has none: a lone
 * surrogate, or deeper than anything that a ledger writes.
 */
export function canonicalText(value: unknown): string | undefined {
  try {
    return written(value, 0);
  } catch {
    return undefined;
  }
}

const DEEPEST = 200;

function written(value: unknown, depth: number): string {
  if (depth > DEEPEST) throw new RangeError('too deep');
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new RangeError('not well-formed');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((one) => written(one, depth + 1)).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.entries(value)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, member]) => `${written(name, depth)}:${written(member, depth + 1)}`);
  return `{${members.join(',')}}`;
}

/** A JSON object, whose members may be anything. */
export type Members = { readonly [name: string]: unknown };

/** Whether a value that came from JSON is an object, and no list. */
export function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object that a text is; undefined where it is none. */
export function objectIn(text: string | undefined): Members | undefined {
  if (text === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
