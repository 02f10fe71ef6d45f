/** Deeper than this nothing lies that is read here. */
const DEEPEST = 24;
const CONSTRUCTED = 0x20;
const LONG_TAG = 0x1f;
/** BOOLEAN, INTEGER, NULL, OBJECT IDENTIFIER, ENUMERATED: how many bytes they have at least and at most. */
const LENGTHS: ReadonlyMap<number, readonly [number, number]> = new Map([
  [0x01, [1, 1]],
  [0x02, [1, Infinity]],
  [0x05, [0, 0]],
  [0x06, [1, Infinity]],
  [0x0a, [1, Infinity]],
]);

/**
 * Whether bytes are one value in DER (X.690) as far as its frames go: each length as short as can be, each
 * value filled to its end, nothing behind. The parser is less strict, and a frame that can be read in two
 * ways would be another timestamp to somebody else.
 */
export function isDer(bytes: Uint8Array): boolean {
  return endOf(bytes, 0, bytes.length, 0) === bytes.length;
}

/** Where the value that begins at `from` ends; -1 where none does that is whole before `limit`. */
function endOf(bytes: Uint8Array, from: number, limit: number, depth: number): number {
  const tag = bytes[from] ?? 0;
  const head = headAt(bytes, from + 1);
  if (head === undefined || (tag & LONG_TAG) === LONG_TAG || depth > DEEPEST) return -1;
  const end = head.start + head.length;
  if (end > limit) return -1;
  if ((tag & CONSTRUCTED) === 0) return mayBe(tag, head.length) ? end : -1;
  for (let at = head.start; at < end;) {
    at = endOf(bytes, at, end, depth + 1);
    if (at < 0) return -1;
  }
  return end;
}

function mayBe(tag: number, length: number): boolean {
  const [least, most] = LENGTHS.get(tag) ?? [0, Infinity];
  return least <= length && length <= most;
}

/** Where a value's contents begin, and how long they are. */
function headAt(bytes: Uint8Array, at: number): { start: number; length: number } | undefined {
  const first = bytes[at];
  if (first === undefined || first < 0x80) {
    return first === undefined ? undefined : { start: at + 1, length: first };
  }
  const count = first & 0x7f;
  if (count === 0 || count > 3) return undefined;
  const start = at + 1 + count;
  if (start > bytes.length) return undefined;
  const length = bytes.subarray(at + 1, start).reduce((sum, byte) => sum * 256 + byte, 0);
  const isShortest = length >= (count === 1 ? 0x80 : 256 ** (count - 1));
  return isShortest ? { start, length } : undefined;
}
