import { EMPTY_ROOT, nodeOf } from '../tree/hashing.js';

/** RFC 6962, section 2.1, as it is written there: slow, and plain to see. */
export function referenceRoot(leaves: readonly Buffer[]): Buffer {
  const [first] = leaves;
  if (first === undefined) return EMPTY_ROOT;
  if (leaves.length === 1) return first;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return nodeOf(referenceRoot(leaves.slice(0, split)), referenceRoot(leaves.slice(split)));
}
