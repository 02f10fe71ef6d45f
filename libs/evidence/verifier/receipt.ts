import { base64, fromBase64, type Bytes } from './bytes.js';
import { HASH_BYTES } from './hashing.js';
import { parseCheckpoint, type SignedCheckpoint } from './checkpoint.js';

/** Proof, in one file, that an entry stands in a log that its checkpoint tells of (c2sp.org/tlog-proof). */
export interface Receipt {
  /** Index of the leaf, from 0. */
  readonly index: number;
  /** From the leaf's sibling up to the root's child. */
  readonly proof: readonly Bytes[];
  /** The signed note, as it was given. */
  readonly checkpoint: string;
}

const VERSION = 'c2sp.org/tlog-proof@v1';
const INDEX = /^index (0|[1-9][0-9]{0,15})$/;
/** More hashes than any tree has levels. */
const MAX_HASHES = 63;

/** A receipt as a file. */
export function receiptText({ index, proof, checkpoint }: Receipt): string {
  const lines = [VERSION, `index ${String(index)}`, ...proof.map(base64), ''];
  return `${lines.join('\n')}\n${checkpoint}`;
}

/** Reads a receipt, with its checkpoint; undefined where it is none. Extra data are left out. */
export function parseReceipt(
  text: string,
): (Receipt & { readonly head: SignedCheckpoint }) | undefined {
  const end = text.indexOf('\n\n');
  if (end < 0) return undefined;
  const [version, ...lines] = text.slice(0, end).split('\n');
  if (version !== VERSION) return undefined;
  if (lines[0]?.startsWith('extra ') === true) lines.shift();
  const [, indexed] = INDEX.exec(lines.shift() ?? '') ?? [];
  const proof = lines.flatMap((line) => hashIn(line) ?? []);
  const checkpoint = text.slice(end + 2);
  const head = parseCheckpoint(checkpoint);
  if (indexed === undefined || head === undefined || proof.length > MAX_HASHES) return undefined;
  if (proof.length !== lines.length) return undefined;
  return { index: Number(indexed), proof, checkpoint, head };
}

function hashIn(line: string): [Bytes] | undefined {
  const hash = fromBase64(line);
  return hash?.length === HASH_BYTES ? [hash] : undefined;
}
