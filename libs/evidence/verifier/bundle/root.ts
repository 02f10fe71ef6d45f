import type { Bytes } from '../bytes.js';
import type { Cryptography } from '../cryptography.js';
import { nodeHash } from '../hashing.js';

/** Hashes that are asked for at once: a browser answers many together far sooner than one by one. */
const AT_ONCE = 512;

/** Root of a tree over leaves (RFC 6962, section 2.1), level by level from below. */
export async function rootOf(leaves: readonly Bytes[], crypto: Cryptography): Promise<Bytes> {
  let level = leaves;
  while (level.length > 1) {
    const above: Bytes[] = [];
    for (let at = 0; at < level.length; at += 2 * AT_ONCE) {
      above.push(...(await Promise.all(parents(level.slice(at, at + 2 * AT_ONCE), crypto))));
    }
    level = above;
  }
  return level[0] ?? crypto.sha256(new Uint8Array(0));
}

/** A node without a sibling on its right goes up as it is. */
function parents(level: readonly Bytes[], crypto: Cryptography): readonly Promise<Bytes>[] {
  return level.flatMap((left, at) => {
    if (at % 2 === 1) return [];
    const right = level[at + 1];
    return [right === undefined ? Promise.resolve(left) : nodeHash(left, right, crypto)];
  });
}
