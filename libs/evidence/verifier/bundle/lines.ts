import { joined, textOf, type Bytes } from '../bytes.js';

const NEWLINE = 0x0a;
/** Far above what a line with the largest event has. */
const LONGEST = 64 * 1024 * 1024;

/**
 * Lines of a file, each ended by a newline; undefined for one that is no text, or too long for any
 * event. What comes after the last newline is a line as well.
 */
export async function* linesOf(
  chunks: AsyncIterable<Bytes>,
): AsyncGenerator<string | undefined, void, void> {
  let rest: Bytes[] = [];
  let length = 0;
  const taken = (end?: Bytes) => {
    const line = length + (end?.length ?? 0) > LONGEST ? undefined : joined(...rest, end ?? NONE);
    rest = [];
    length = 0;
    return line === undefined ? undefined : textOf(line);
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      yield taken(chunk.subarray(from, at));
      from = at + 1;
    }
    length += chunk.length - from;
    if (length <= LONGEST) rest.push(chunk.slice(from));
    else rest = [];
  }
  if (length > 0) yield taken();
}

const NONE = new Uint8Array(0);
